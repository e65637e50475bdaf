"""What is published, read from the portal's rows: for the press, the search page and the API."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from pymongo import DESCENDING
from pymongo.database import Database
from pymongo.errors import PyMongoError

from gateway.cards import Card
from gateway.items import Item
from infra.messaging.envelope import Envelope
from infra.read_store.paging import Order
from infra.read_store.rows import Rows

EVENTS = "public_events"
ARTICLES = "articles"
"""The collections: one row for each public event as it was told, one card for each item."""

_EVENTS_STEP = 20
_EVENTS_BYTES = 4 * 1024 * 1024
"""Public events are read in steps, until one answer would be larger than this: an item's text may be a megabyte."""


class PublicEvent(NamedTuple):
    """A public event: its place in the log of its service, and the CloudEvent as JSON, byte for byte."""

    position: int
    id: str
    topic: str
    json: str

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> "PublicEvent":
        """Read an event from its row."""
        return cls(row["position"], row["_id"], row["topic"], row["json"])

    def envelope(self) -> Envelope:
        """Return the event as content told it."""
        return Envelope.from_cloudevent(json.loads(self.json))


class Changed(NamedTuple):
    """A card that changed, and the turn at which it did; turns are counted by the press."""

    turn: int
    card: Card


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which items are asked for: readable in a language, standing in a section."""

    language: str | None = None
    section: str | None = None

    def as_filter(self) -> dict[str, Any]:
        """Return the filter of rows."""
        language = {"languages": self.language} if self.language else {}
        return {**language, **({"section": self.section} if self.section else {})}


class Queries:
    """Reads the portal's rows."""

    def __init__(self, store: Database[dict[str, Any]]) -> None:
        self._events = Rows(store[EVENTS])
        self._articles = Rows(store[ARTICLES])
        self._collection = store[ARTICLES]

    def item(self, article: str) -> Item | None:
        """Return an item with its whole public history, or None."""
        return Item.told_by(map(PublicEvent.envelope, self.events_of(article)))

    def items(self, positions: Mapping[str, int]) -> Iterator[Item]:
        """Return those of some items that are there, each as it stood at a position, in the order given, in one round trip.

        An item at its card's position is as readers are to see it: pictures of a later edition may still be on their way.
        """
        told: dict[str, list[PublicEvent]] = {article: [] for article in positions}
        for row in self._events.each({"subject": {"$in": list(positions)}}):
            if row["position"] <= positions[row["subject"]]:
                told[row["subject"]].append(PublicEvent.read(row))
        found = (Item.told_by(map(PublicEvent.envelope, events)) for events in told.values())
        return (item for item in found if item is not None)

    def events_of(self, article: str) -> list[PublicEvent]:
        """Return the public events of an item, in no order."""
        return [PublicEvent.read(row) for row in self._events.each({"subject": article})]

    def cards(self, articles: Iterable[str]) -> dict[str, Card]:
        """Return the cards of those items that are there."""
        return {str(key): Card.read(row) for key, row in self._articles.get_all(articles).items()}

    def all_cards(self) -> Iterator[Card]:
        """Go through all items, in no order."""
        return map(Card.read, self._articles.each())

    def cards_up_to(self, turn: int) -> Iterator[Card]:
        """Go through the items that have not changed after a turn, in no order."""
        return map(Card.read, self._articles.each({"turn": {"$lte": turn}}))

    def portions_after(self, turn: int, limit: int) -> Iterator[list[Changed]]:
        """Return all that changed after a turn, in the order of the last changes, in portions of at most so many.

        What changes while the last portion is in hand is left for the next time, so that following has an end.
        """
        full = True
        while full:
            page = self._articles.find({"turn": {"$gt": turn}}, order=Order("turn"), limit=limit)
            changed = [Changed(row["turn"], Card.read(row)) for row in page.items]
            if changed:
                yield changed
                turn = changed[-1].turn
            full = len(changed) == limit

    def last_turn(self) -> int:
        """Return the turn of the last change; 0 before the first."""
        page = self._articles.find(order=Order("turn", descending=True), limit=1)
        return int(page.items[0]["turn"]) if page.items else 0

    def newest(self, wanted: Wanted, page: int, size: int) -> tuple[list[Card], int]:
        """Return a page of items, newest first, pages counted from one, and how many items there are in all."""
        found = self._collection.find({**wanted.as_filter(), "removed": False})
        rows = found.sort("entered", DESCENDING).skip((page - 1) * size).limit(size)
        return [Card.read(row) for row in rows], self._articles.count(wanted.as_filter())

    def events_after(self, position: int, limit: int) -> list[PublicEvent]:
        """Return public events after a position, in order: at most so many, and none after 4 MB are passed."""
        found: list[PublicEvent] = []
        while len(found) < limit and sum(len(event.json) for event in found) < _EVENTS_BYTES:
            after = found[-1].position if found else position
            step = min(_EVENTS_STEP, limit - len(found))
            page = self._events.find({"position": {"$gt": after}}, order=Order("position"), limit=step)
            found += map(PublicEvent.read, page.items)
            if len(page.items) < step:
                break
        return found

    def is_public(self, entry: str) -> bool:
        """Tell whether an entry of a log, such as "content/42", is an event that anybody may know of."""
        return self._events.get(entry) is not None

    def event(self, entry: str) -> PublicEvent | None:
        """Return the public event at an entry of a log, such as "content/42"; None when there is none."""
        row = self._events.get(entry)
        return None if row is None else PublicEvent.read(row)

    def last_position(self) -> int:
        """Return the position of the last public event; 0 before the first."""
        page = self._events.find(order=Order("position", descending=True), limit=1)
        return PublicEvent.read(page.items[0]).position if page.items else 0

    def answer(self) -> bool:
        """Tell whether the store answers."""
        try:
            self._collection.find_one({}, {"_id": 1})
        except PyMongoError:
            return False
        return True
