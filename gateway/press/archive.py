"""The portal's rows as the press writes them: events as they were told, and a card for each item they tell of."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from pymongo.database import Database

from gateway.cards import Card
from gateway.items import Item
from gateway.queries import ARTICLES, EVENTS, Queries
from infra.messaging.envelope import Envelope
from infra.read_store.rows import Put, Rows

_IN_ORDER = 20
"""So many cards are put at once: of more, `Rows` writes those first that are new, and a follower who has seen a later turn
would never come back for an earlier one."""


class Archive:
    """Keeps what is published; the press is its only writer.

    Each change of a card gets a `turn`, counted on, by which whatever follows the cards finds what it has not yet seen;
    log positions would not do, since a message that was parked comes late.
    """

    def __init__(self, store: Database[dict[str, Any]], profile: str) -> None:
        self._profile = profile
        self._events = Rows(store[EVENTS])
        self._articles = Rows(store[ARTICLES])
        self._queries = Queries(store)
        self._turn = 0

    def prepare(self) -> None:
        """Make sure of the indexes, and go on counting turns."""
        self._events.index("subject")
        self._events.index("position")
        self._articles.index("turn")
        self._articles.index("languages", "section", ("entered", -1))
        self._articles.index(("entered", -1))
        self._turn = self._queries.last_turn()

    def keep_events(self, envelopes: Sequence[Envelope]) -> list[Item]:
        """Keep public events, and return the items that they change; hearing them again changes nothing."""
        self._events.apply(Put(event.id, self._row(event), event.position) for event in envelopes)
        subjects = dict.fromkeys(str(event.subject) for event in envelopes)
        return [item for item in map(self._queries.item, subjects) if item is not None]

    def put_cards(self, items: Iterable[Item]) -> None:
        """Let whoever follows the cards know of items, in this order; knowing them already changes nothing."""
        cards = map(Card.of, items)
        while portion := list(islice(cards, _IN_ORDER)):
            self._articles.apply(map(self._put, portion))

    def _put(self, card: Card) -> Put:
        self._turn += 1
        return Put(card.article, {**card.as_row(), "turn": self._turn}, card.position)

    def _row(self, event: Envelope) -> dict[str, Any]:
        told = event.to_json(self._profile).decode()
        return {"topic": event.topic, "subject": str(event.subject), "json": told}
