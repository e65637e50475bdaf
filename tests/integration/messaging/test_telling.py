"""What the relay says of a log: each event for itself, and all of them in pages of bounded size."""

import json
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from infra.event_store import LogEntry
from infra.kernel.canonical import canonical_json
from infra.messaging.envelope import Envelope
from infra.messaging.publisher import Message
from infra.messaging.reading import read
from infra.messaging.telling import PAGE_BYTES, PAGE_EVENTS, Telling

TELLING = Telling("content", "binh-phuoc")
_texts = st.text() | st.sampled_from(['"data":0,', '\\"data\\":0,', "\u2028"])


def entry(position: int, **facts: object) -> LogEntry:
    state = canonical_json({"timestamp": "2026-03-02T01:30:00.000000+00:00", **facts})
    return LogEntry(position, UUID(int=position), 1, "content.article.cleared", state)


def told(*entries: LogEntry) -> tuple[list[Message], list[Message]]:
    return list(TELLING.pages(entries)), list(TELLING.events(entries))


@given(_texts, _texts, st.dictionaries(_texts, _texts))
def test_each_event_is_spelled_as_an_envelope_spells_it(text: str, correlation: str, facts: dict[str, str]) -> None:
    stored = entry(7, text=text, act={"correlation": correlation}, facts=facts)

    pages, singles = told(stored)

    envelope = Envelope.from_entry("content", stored)
    assert [message.body for message in singles] == [envelope.to_json("binh-phuoc")]
    assert json.loads(pages[0].body) == [envelope.to_cloudevent("binh-phuoc")]


def test_every_event_stands_in_one_page_and_in_a_message_of_its_own_in_order() -> None:
    pages, singles = told(*(entry(n) for n in range(1, 2 * PAGE_EVENTS + 2)))

    in_pages = [[envelope.position for envelope in read(page.body, "content").envelopes] for page in pages]
    assert [len(page) for page in in_pages] == [PAGE_EVENTS, PAGE_EVENTS, 1]
    assert [n for page in in_pages for n in page] == list(range(1, 2 * PAGE_EVENTS + 2))
    assert [message.id for message in singles] == [f"content/{n}" for n in range(1, 2 * PAGE_EVENTS + 2)]


def test_a_page_is_bounded_in_bytes_and_a_long_event_has_one_of_its_own() -> None:
    pages, _ = told(entry(1), entry(2, text="x" * PAGE_BYTES), entry(3), entry(4))

    assert [message.id for message in pages] == ["content/1-1", "content/2-2", "content/3-4"]


def test_of_nothing_nothing_is_told() -> None:
    assert told() == ([], [])
