"""Bakes what lists the items, soon after they were baked; and everything anew, when that is needed."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from threading import Event, Lock
from typing import TypeVar

from gateway.cards import Card
from gateway.catalogue import Catalogue
from gateway.pages.rendering import Renderer
from gateway.press.baking import bake
from gateway.press.folder import SiteFolder
from gateway.press.printing import ListPrinter, Printed, print_item
from gateway.press.recent_cards import RecentCards
from gateway.press.sheets import sheets_around, sheets_of_lists
from gateway.queries import Changed, Queries
from infra.logs import get_logger
from infra.read_store.progress import Progress

_AT_ONCE = 500
"""So many changes, or printed pages, are in hand at once."""
_ITEMS_AT_ONCE = 50
"""So many items are read at once where all are baked; after them, lists that changed meanwhile are baked."""
_UNASKED = Event()
"""Nobody asks to stop."""

Thing = TypeVar("Thing")

log = get_logger("listing")


class Listing:
    """Follows the cards by their turns; the set of pages knows up to which turn its lists are baked.

    Belongs to one thread. `writing` is the press's lock: it is held while one set of pages takes the place of another.
    """

    def __init__(self, queries: Queries, renderer: Renderer, folder: SiteFolder, writing: Lock) -> None:
        self._queries = queries
        self._renderer = renderer
        self._site = renderer.site
        self._folder = folder
        self._writing = writing
        self._catalogue = Catalogue(self._site.profile.timezone)
        self._recent = RecentCards(queries)
        self._printer = ListPrinter(renderer, self._catalogue, self._recent)

    def begin(self) -> None:
        """Learn what is published; bake everything if there are no whole pages of this design."""
        self._catalogue.take(self._queries.all_cards())
        if not self._folder.is_whole(self._site.design):
            self.rebuild()

    def catch_up(self) -> None:
        """Bake the lists of everything that has changed, or everything anew if that was asked for."""
        if self._folder.rebuild_asked():
            self.rebuild()
            self._folder.rebuild_answered()
        self._list_changes()

    def rebuild(self, stop: Event = _UNASKED) -> bool:
        """Bake everything into a fresh folder, and let that be read from then on; False when told to stop before that.

        What is published meanwhile goes into both, its lists too; only for the last of it the press has to wait.
        """
        turn, folder = self._queries.last_turn(), self._folder.begin()
        self._catalogue.take(self._queries.all_cards())
        bake(folder, self._site.assets.files.items())
        if not self._bake_items(folder, stop):
            return False
        for pages in _in_portions(self._printer.print_all(sheets_of_lists(self._catalogue, self._site.profile))):
            bake(folder, pages)
        with self._writing:
            for changed in self._queries.portions_after(turn, _AT_ONCE):
                bake(folder, self._pages_of_items([each.card.article for each in changed]))
                self._bake_lists(folder, changed)
                turn = changed[-1].turn
            self._folder.switch(folder, self._site.design, turn)
        log.info("baked_anew", turn=turn)
        return True

    def _bake_items(self, folder: Path, stop: Event) -> bool:
        """Bake the pages of all items; False when told to stop. Readers' lists go on being baked meanwhile."""
        articles = [card.article for card in self._queries.all_cards()]
        progress, done = Progress("public pages", "items"), 0
        for portion in _in_portions(iter(articles), _ITEMS_AT_ONCE):
            if stop.is_set():
                return False
            bake(folder, self._pages_of_items(portion))
            done += len(portion)
            progress.reached(done, len(articles))
            self._folder.note_rebuilt(done, len(articles))
            if self._folder.is_read():
                self._list_changes()
        progress.end()
        return True

    def _list_changes(self) -> None:
        for changed in self._queries.portions_after(self._folder.listed(), _AT_ONCE):
            count = self._bake_lists(self._folder.current, changed)
            self._folder.note_listed(changed[-1].turn)
            log.info("lists_baked", items=len(changed), files=count)

    def _bake_lists(self, folder: Path, changed: Iterable[Changed]) -> int:
        cards: list[Card] = [each.card for each in changed]
        self._catalogue.take(cards)
        self._recent.remember(cards)
        return bake(folder, self._printer.print_all(sheets_around(cards, self._catalogue)))

    def _pages_of_items(self, articles: Sequence[str]) -> Iterator[Printed]:
        for item in self._queries.items(articles):
            yield from print_item(self._renderer, item)


def _in_portions(things: Iterator[Thing], size: int = _AT_ONCE) -> Iterator[list[Thing]]:
    while portion := list(islice(things, size)):
        yield portion
