"""The lists in one set of pages: which items stand on them, in which order, and how they are baked."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from gateway.cards import Card
from gateway.catalogue import Catalogue
from gateway.pages.rendering import Renderer
from gateway.press.baking import bake
from gateway.press.printing import ListPrinter
from gateway.press.recent_cards import RecentCards
from gateway.press.sheets import sheets_around, sheets_of_lists


class Lists:
    """Bakes the lists below a folder. Each set of pages has its own: what is new to one may be old to another.

    An item that enters a list before others moves those, and with them pages on which it does not stand. So the order
    here has to be the one that is baked; what entered and could not be baked is remembered.
    """

    def __init__(self, folder: Path, renderer: Renderer, recent: RecentCards) -> None:
        self.folder = folder
        self._profile = renderer.site.profile
        self._catalogue = Catalogue(self._profile.timezone)
        self._recent = recent
        self._printer = ListPrinter(renderer, self._catalogue, recent)
        self._entered: dict[tuple[str, str], int] = {}

    def learn(self, cards: Iterable[Card]) -> None:
        """Learn which items stand on the lists that are baked, or will be with `bake_all`."""
        self._catalogue.take(cards)

    def bake_all(self) -> int:
        """Bake every list of what was learnt, and return how many files changed."""
        return bake(self.folder, self._printer.print_all(sheets_of_lists(self._catalogue, self._profile)))

    def bake_changed(self, cards: Sequence[Card]) -> int:
        """Bake the lists that change when these items do, and return how many files changed."""
        for name, position in self._catalogue.take(cards).items():
            self._entered[name] = min(position, self._entered.get(name, position))
        self._recent.remember(cards)
        count = bake(self.folder, self._printer.print_all(sheets_around(cards, self._catalogue, self._entered)))
        self._entered.clear()
        return count
