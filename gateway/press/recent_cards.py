"""The cards that were used last: what changes is nearly always among the newest."""

from collections import OrderedDict
from collections.abc import Iterable

from gateway.cards import Card
from gateway.queries import Queries

_MOST = 4096


class RecentCards:
    """Reads cards and keeps some thousands in memory. For one thread, which must be told of every change."""

    def __init__(self, queries: Queries) -> None:
        self._queries = queries
        self._recent: OrderedDict[str, Card] = OrderedDict()

    def remember(self, cards: Iterable[Card]) -> None:
        """Keep cards that have changed, or that may be wanted soon."""
        for card in cards:
            self._recent[card.article] = card
            self._recent.move_to_end(card.article)
        while len(self._recent) > _MOST:
            self._recent.popitem(last=False)

    def cards(self, articles: Iterable[str]) -> dict[str, Card]:
        """Return the cards of items."""
        wanted = list(articles)
        missing = [article for article in wanted if article not in self._recent]
        read = self._queries.cards(missing) if missing else {}
        found = {article: read.get(article) or self._recent[article] for article in wanted}
        self.remember(read.values())
        return found
