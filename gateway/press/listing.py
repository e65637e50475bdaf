"""Bakes what lists the items, soon after they were baked; and everything anew, when that is needed."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from threading import Event, Lock
from typing import TypeVar

from gateway.cards import Card
from gateway.pages.rendering import Renderer
from gateway.press.baking import bake
from gateway.press.folder import SiteFolder, SiteLostError
from gateway.press.lists import Lists
from gateway.press.printing import Printed, print_item
from gateway.press.recent_cards import RecentCards
from gateway.queries import Queries
from infra.logs import get_logger
from infra.read_store.progress import Progress

_AT_ONCE = 500
"""So many changes are in hand at once."""
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
        self._design = renderer.site.design
        self._folder = folder
        self._writing = writing
        self._recent = RecentCards(queries)
        self._lists: Lists | None = None

    def begin(self) -> None:
        """Learn what stands on readers' lists; bake everything if there are no whole pages of this design."""
        edition = self._folder.edition()
        if edition is not None:
            self._lists = self._lists_of(edition, self._queries.cards_up_to(self._folder.listed(edition)))
        if not self._folder.is_whole(self._design):
            self.rebuild()

    def catch_up(self) -> None:
        """Bake the lists of everything that has changed, or everything anew if that was asked for.

        Raises:
            SiteLostError: the pages that readers saw are not there any more.

        """
        if self._folder.rebuild_asked():
            self.rebuild()
            self._folder.rebuild_answered()
        self._list_changes()

    def rebuild(self, stop: Event = _UNASKED) -> bool:
        """Bake everything into a fresh folder, and let that be read from then on; False when told to stop before that.

        What is published meanwhile goes into both, its lists too; only for the last of it the press has to wait.

        Raises:
            SiteLostError: the new pages, or those that readers saw, were taken away meanwhile.

        """
        turn, folder = self._queries.last_turn(), self._folder.begin(self._design)
        lists = self._lists_of(folder, self._queries.all_cards())
        bake(folder, self._renderer.site.assets.files.items())
        if not self._bake_items(folder, stop):
            return False
        lists.bake_all()
        with self._writing:
            for changed in self._queries.portions_after(turn, _AT_ONCE):
                bake(folder, self._pages_of_items({each.card.article: each.card.position for each in changed}))
                lists.bake_changed([each.card for each in changed])
                turn = changed[-1].turn
            self._folder.switch(folder, turn)
        self._lists = lists
        log.info("baked_anew", turn=turn)
        return True

    def _lists_of(self, folder: Path, cards: Iterable[Card]) -> Lists:
        lists = Lists(folder, self._renderer, self._recent)
        lists.learn(cards)
        return lists

    def _bake_items(self, folder: Path, stop: Event) -> bool:
        """Bake the pages of all items; False when told to stop. Lists that are followed go on being baked meanwhile."""
        known = [(card.article, card.position) for card in self._queries.all_cards()]
        progress, done = Progress("public pages", "items"), 0
        for portion in _in_portions(iter(known)):
            if stop.is_set():
                return False
            bake(folder, self._pages_of_items(dict(portion)))
            done += len(portion)
            progress.reached(done, len(known))
            self._folder.note_rebuilt(done, len(known))
            if self._lists is not None:
                self._list_changes()
        progress.end()
        return True

    def _list_changes(self) -> None:
        lists = self._lists
        if lists is None or self._folder.edition() != lists.folder:
            raise SiteLostError(self._folder.current)
        for changed in self._queries.portions_after(self._folder.listed(lists.folder), _AT_ONCE):
            count = lists.bake_changed([each.card for each in changed])
            self._folder.note_listed(lists.folder, changed[-1].turn)
            log.info("lists_baked", items=len(changed), files=count)

    def _pages_of_items(self, positions: Mapping[str, int]) -> Iterator[Printed]:
        for item in self._queries.items(positions):
            yield from print_item(self._renderer, item)


def _in_portions(things: Iterator[Thing]) -> Iterator[list[Thing]]:
    while portion := list(islice(things, _ITEMS_AT_ONCE)):
        yield portion
