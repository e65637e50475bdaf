"""A leaf commits to everything that an event is, in bytes that anybody can write down again."""

import hashlib
from uuid import UUID

import pytest

from services.audit.log.leaf import leaf_of

SUBJECT = UUID("00000000-0000-4000-8000-000000000001")
LEAF = leaf_of("content", 42, "content.article.cleared", SUBJECT, 3, b'{"title":"Nghi quyet"}')


def test_the_canonical_bytes_are_five_lines_of_text() -> None:
    state = hashlib.sha256(b'{"title":"Nghi quyet"}').hexdigest()

    assert LEAF.data.decode() == f"content/42\ncontent.article.cleared\n{SUBJECT}\n3\n{state}\n"


def test_the_leaf_hash_is_the_one_of_rfc_6962() -> None:
    assert LEAF.hash == hashlib.sha256(b"\x00" + LEAF.data).digest()


def test_an_entry_is_asked_for_by_service_and_position() -> None:
    assert LEAF.entry == "content/42"


@pytest.mark.parametrize(
    "change",
    [
        {"service": "board"},
        {"position": 43},
        {"topic": "content.article.returned"},
        {"subject": UUID(int=1)},
        {"version": 4},
        {"state_hash": hashlib.sha256(b"other bytes").digest()},
    ],
)
def test_any_change_changes_the_hash(change: dict[str, object]) -> None:
    assert LEAF._replace(**change).hash != LEAF.hash  # type: ignore[arg-type]


@pytest.mark.parametrize(("service", "topic"), [("a\nb", "t"), ("a", "t\n1"), ("a/b", "t")])
def test_a_name_that_could_be_read_in_two_ways_is_no_name(service: str, topic: str) -> None:
    with pytest.raises(ValueError, match="not a name"):
        leaf_of(service, 1, topic, SUBJECT, 1, b"")
