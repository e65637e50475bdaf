"""Whatever bytes come, reading them never fails: they are events that can be kept, or unreadable with a reason."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.messaging.reading import LEVELS, Reading, Unreadable, read
from tests.builders.reader import event

TOLD: dict[str, Any] = event(1).to_cloudevent("p")


def told(**changes: Any) -> bytes:
    """Spell an event with changes that it could not have, if it were one of ours."""
    return json.dumps({**TOLD, **changes}).encode()


def nested(levels: int) -> Any:
    inner: Any = []
    for _ in range(levels - 1):
        inner = [inner]
    return inner


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff no event",
        b"\xed\xa0\x80",
        b'"\xed\xa0\x80"',
        b"NaN",
        b"[NaN]",
        b"[-Infinity]",
        b"[1e999]",
        b'[{"x":"\\ud800"}]',
        b'[{"x":"\\uDC00 alone"}]',
        b"[" * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"x":' * 100_000 + b"0" + b"}" * 100_000,
        b"[" + b"9" * 10_000 + b"]",
        told(data={"x": float("nan")}),
        told(data={"x": "half a character: \ud800"}),
        told(data={"\udfff": 1}),
        told(type="content.\ud800"),
        told(data={"x": nested(LEVELS)}),
        told(position=2**63),
        told(version=2**70),
        b"[" + told() + b"," + told(data={"x": "\ud800"}) + b"]",
    ],
)
def test_what_cannot_be_kept_is_unreadable_as_it_came_and_says_why(body: bytes) -> None:
    reading = read(body, "content")

    assert reading.envelopes == ()
    assert [(part.body, bool(part.reason)) for part in reading.unreadable] == [(body, True)]


def test_what_is_no_event_in_a_page_is_unreadable_by_itself() -> None:
    body = b"[" + told() + b',{"no":"event"},7,"' + "đây".encode() + b'"]'

    reading = read(body, "content")

    assert [envelope.position for envelope in reading.envelopes] == [1]
    assert [part.body for part in reading.unreadable] == [b'{"no":"event"}', b"7", '"đây"'.encode()]


@pytest.mark.parametrize("text", ["\U0001f1fb\U0001f1f3", "\\ud800", "1e999", "NaN"])
def test_two_halves_and_what_only_looks_wrong_are_an_event(text: str) -> None:
    body = told(data={"x": text, "deep": nested(LEVELS - 2)})

    (envelope,) = read(body, "content").envelopes

    assert envelope.data["x"] == text
    assert envelope.state


_parts = st.sampled_from(
    [b"[", b"]", b"{", b"}", b",", b":", b'"', b"\\ud8", b"00", b"NaN", b"1e999", b"\xed\xa0", told()]
)


@given(st.binary() | st.lists(_parts | st.binary(max_size=4)).map(b"".join))
def test_reading_never_fails_and_what_it_gives_can_be_kept(body: bytes) -> None:
    reading = read(body, "content")

    assert isinstance(reading, Reading)
    assert all(envelope.state.decode() for envelope in reading.envelopes)
    assert all(isinstance(part, Unreadable) and part.reason for part in reading.unreadable)
