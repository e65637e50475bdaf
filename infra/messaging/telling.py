"""What the relay says: each event by itself for whoever subscribes by topic, and pages of events for the services."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from infra.kernel.canonical import canonical_json
from infra.messaging.envelope import BATCH_CONTENT_TYPE, Entry, Envelope
from infra.messaging.publisher import Message
from infra.messaging.topology import events_exchange, page_key, pages_exchange

PAGE_BYTES = 256_000
"""A page ends before the event that would bring it over this size; an event that is longer has a page of its own."""
PAGE_EVENTS = 200
"""A page has no more events than this."""
_NO_DATA = b'"data":0,'
"""Where the fields of an event go; no text can hold these bytes, because quotes inside texts are escaped."""


@dataclass(frozen=True, slots=True)
class Telling:
    """How one service of one province tells entries of its log."""

    service: str
    profile: str

    def messages(self, entries: Sequence[Entry]) -> Iterator[Message]:
        """Return what tells these entries, pages first: each of them stands in one page, and in a message of its own."""
        events = [(entry, self._body(entry)) for entry in entries]
        for page in _pages(events):
            yield self._page(page)
        for entry, body in events:
            name = f"{self.service}/{entry.position}"
            yield Message(events_exchange(self.service), entry.topic, body, name)

    def _body(self, entry: Entry) -> bytes:
        """Return what `Envelope.to_json` does, with the fields in the very bytes that are stored, not spelled once more."""
        event = Envelope.from_entry(self.service, entry).to_cloudevent(self.profile)
        return canonical_json({**event, "data": 0}).replace(_NO_DATA, b'"data":' + entry.state + b",", 1)

    def _page(self, events: Sequence[tuple[Entry, bytes]]) -> Message:
        first, last = events[0][0].position, events[-1][0].position
        return Message(
            pages_exchange(self.service),
            page_key(self.service),
            b"[" + b",".join(body for _, body in events) + b"]",
            f"{self.service}/{first}-{last}",
            BATCH_CONTENT_TYPE,
            must_be_heard=True,
        )


def _pages(events: Sequence[tuple[Entry, bytes]]) -> Iterator[Sequence[tuple[Entry, bytes]]]:
    begin = size = 0
    for place, (_, body) in enumerate(events):
        if place - begin == PAGE_EVENTS or (place > begin and size + len(body) > PAGE_BYTES):
            yield events[begin:place]
            begin, size = place, 0
        size += len(body)
    if events:
        yield events[begin:]
