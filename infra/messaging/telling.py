"""What the relay says: each event by itself for whoever subscribes by topic, and pages of events for the services."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from infra.messaging.envelope import BATCH_CONTENT_TYPE, Entry
from infra.messaging.publisher import Message
from infra.messaging.topology import events_exchange, page_key, pages_exchange

PAGE_BYTES = 256_000
"""A page ends before the event that would bring it over this size; an event that is longer has a page of its own."""
PAGE_EVENTS = 200
"""A page has no more events than this."""

_text = json.JSONEncoder(ensure_ascii=False).encode


@dataclass(frozen=True, slots=True)
class Telling:
    """How one service of one province tells entries of its log."""

    service: str
    profile: str

    def pages(self, entries: Sequence[Entry]) -> Iterator[Message]:
        """Return what tells these entries to services."""
        for page in _pages([(entry, self._body(entry)) for entry in entries]):
            yield self._page(page)

    def events(self, entries: Sequence[Entry]) -> Iterator[Message]:
        """Return what tells these entries to whoever subscribes by topic."""
        for entry in entries:
            name = f"{self.service}/{entry.position}"
            yield Message(events_exchange(self.service), entry.topic, self._body(entry), name)

    def _body(self, entry: Entry) -> bytes:
        """Return what `Envelope.to_json` does, in a third of the time: what is stored is not spelled once more."""
        fields = json.loads(entry.state)
        act = fields.get("act")
        correlation = act.get("correlation") if isinstance(act, dict) else None
        tied = f'"correlationid":{_text(correlation)},' if correlation else ""
        about = (
            f'"datacontenttype":"application/json","id":{_text(f"{self.service}/{entry.position}")},'
            f'"position":{entry.position},"source":{_text(f"/{self.profile}/{self.service}")},"specversion":"1.0",'
            f'"subject":"{entry.originator_id}","time":{_text(fields["timestamp"])},"type":{_text(entry.topic)},'
            f'"version":{entry.version}'
        )
        return b'{%b"data":%b,%b}' % (tied.encode(), entry.state, about.encode())

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
