"""The portal's rows as the press writes them: events as they were told, and a card for each item they tell of."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import Any

from pymongo.database import Database

from gateway.cards import Card
from gateway.items import Item
from gateway.queries import ARTICLES, EVENTS, Queries
from infra.messaging.envelope import Envelope
from infra.read_store.rows import Put, Rows

_RECENT = 4096


class Archive:
    """Keeps what is published. The press is the only writer, so that it may remember the cards it used last."""

    def __init__(self, store: Database[dict[str, Any]], profile: str) -> None:
        self._profile = profile
        self._events = Rows(store[EVENTS])
        self._articles = Rows(store[ARTICLES])
        self._queries = Queries(store)
        self._recent: OrderedDict[str, Card] = OrderedDict()

    def prepare(self) -> None:
        """Make sure of the indexes."""
        self._events.index("subject")
        self._events.index("position")
        self._articles.index("position")
        self._articles.index("languages", "section", ("entered", -1))
        self._articles.index(("entered", -1))

    def keep(self, envelopes: Sequence[Envelope]) -> list[Card]:
        """Keep public events, and return the cards of the items that they change; hearing them again changes nothing."""
        self._events.apply(Put(event.id, self._row(event), event.position) for event in envelopes)
        items = [self._found(str(subject)) for subject in dict.fromkeys(event.subject for event in envelopes)]
        cards = [Card.of(item) for item in items if item is not None]
        self._articles.apply(Put(card.article, card.as_row(), card.position) for card in cards)
        self._remember(cards)
        return cards

    def item(self, article: str) -> Item:
        """Return an item with its history; raises KeyError for an unknown one."""
        item = self._found(article)
        if item is None:
            raise KeyError(article)
        return item

    def cards(self, articles: Iterable[str]) -> dict[str, Card]:
        """Return the cards of items."""
        wanted = list(articles)
        missing = [article for article in wanted if article not in self._recent]
        read = self._queries.cards(missing) if missing else {}
        found = {article: self._recent.get(article) or read[article] for article in wanted}
        self._remember(read.values())
        return found

    def all_cards(self) -> list[Card]:
        """Return every card there is."""
        return list(self._queries.all_cards())

    def _found(self, article: str) -> Item | None:
        return self._queries.item(article)

    def _remember(self, cards: Iterable[Card]) -> None:
        for card in cards:
            self._recent[card.article] = card
            self._recent.move_to_end(card.article)
        while len(self._recent) > _RECENT:
            self._recent.popitem(last=False)

    def _row(self, event: Envelope) -> dict[str, Any]:
        told = event.to_json(self._profile).decode()
        return {"topic": event.topic, "subject": str(event.subject), "json": told}
