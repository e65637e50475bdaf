"""What of an event a pack shows: everything where names are allowed; else nothing that somebody typed, unless it is public."""

import json
from pathlib import Path

import pytest

from infra.kernel.canonical import canonical_json
from services.audit.packs.disclosure import WORDLESS, disclosed, instant_of
from services.content.messages import PUBLIC_TOPICS

GOLDEN = sorted(Path("tests/contracts").glob("*/*.v1.json"))
TYPED = frozenset(
    ["board_view", "change_note", "contract", "content", "criteria", "explanation", "ground", "note", "notice", "origin", "provider", "purpose", "reason", "title"]
)  # fmt: skip
"""Fields in which somebody's own words stand, or may."""


def state_of(golden: Path) -> bytes:
    return canonical_json(json.loads(golden.read_text(encoding="utf-8")))


def topic_of(golden: Path) -> str:
    return golden.stem.rpartition(".v")[0]


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda path: path.stem)
def test_with_names_every_event_is_shown_byte_for_byte(golden: Path) -> None:
    state = state_of(golden)

    assert disclosed(topic_of(golden), state, named=True) == state.decode()


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda path: path.stem)
def test_without_names_no_event_with_typed_words_is_shown_unless_anybody_may_read_it(golden: Path) -> None:
    state, topic = state_of(golden), topic_of(golden)

    shown = disclosed(topic, state, named=False)

    typed = TYPED & json.loads(state).keys()
    assert topic in PUBLIC_TOPICS or not (shown and typed)


def test_what_counts_as_typed_is_in_no_list_of_harmless_fields() -> None:
    assert not TYPED & WORDLESS


def test_a_field_that_nobody_has_listed_keeps_its_event_inside() -> None:
    assert disclosed("content.article.sent", b'{"something_new":"x","timestamp":"2026"}', named=False) is None


@pytest.mark.parametrize(("state", "at"), [(b'{"timestamp":"2026-11-02"}', "2026-11-02"), (b"[]", ""), (b"{}", "")])
def test_the_instant_of_an_event_is_the_one_it_tells(state: bytes, at: str) -> None:
    assert instant_of(state) == at
