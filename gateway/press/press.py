"""The press at work: takes in what was published, and bakes the pages that it changes."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from threading import Lock

from gateway.cards import Card
from gateway.catalogue import Catalogue
from gateway.items import Item
from gateway.pages.rendering import Renderer
from gateway.press.archive import Archive
from gateway.press.baking import bake
from gateway.press.files import FileStore
from gateway.press.folder import SiteFolder
from gateway.press.printing import Printer
from gateway.press.sheets import Sheet, sheets_around, sheets_of_items, sheets_of_lists
from infra.logs import get_logger
from infra.messaging.envelope import Envelope
from services.content.messages import PUBLIC_TOPICS

_AT_ONCE = 200
"""So many pages are printed before they are written, when everything is baked anew."""

log = get_logger("press")


class Press:
    """Rows first, then files of the items, then the items' pages, then all that lists them.

    Hearing an event again bakes the same bytes; `told` is called after rows were written, for the search index.
    """

    def __init__(
        self,
        archive: Archive,
        renderer: Renderer,
        folder: SiteFolder,
        files: FileStore,
        told: Callable[[], None] = lambda: None,
    ) -> None:
        self._archive = archive
        self._folder = folder
        self._files = files
        self._told = told
        self._site = renderer.site
        self._catalogue = Catalogue(self._site.profile.timezone)
        self._printer = Printer(renderer, self._catalogue, archive)
        self._one_at_a_time = Lock()

    def learn(self) -> None:
        """Learn from the rows what is published."""
        self._archive.prepare()
        self._catalogue.take(self._archive.all_cards())

    def start(self) -> None:
        """Learn what is published; bake everything if there are no pages of this design."""
        self.learn()
        if self._folder.design() != self._site.design:
            self.rebuild()

    def react(self, envelopes: Sequence[Envelope]) -> None:
        """Bake what follows from a run of events."""
        public = [envelope for envelope in envelopes if envelope.topic in PUBLIC_TOPICS]
        if not public:
            return
        with self._one_at_a_time:
            cards = self._archive.keep(public)
            self._catalogue.take(cards)
            self._told()
            for card in cards:
                self._bring_files(self._archive.item(card.article))
            count = self._bake(sheets_of_items(cards))
            count += self._bake(sheets_around(cards, self._catalogue))
        log.info("baked", items=len(cards), files=count, position=public[-1].position)

    def rebuild(self) -> None:
        """Bake everything into a fresh folder, and let that be read from then on."""
        with self._one_at_a_time:
            folder, cards = self._folder.begin(), self._archive.all_cards()
            count = bake(folder, self._site.assets.files.items(), lasting=False)
            for sheets in _in_portions(self._all_sheets(cards)):
                count += bake(folder, self._printer.print_all(sheets), lasting=False)
            self._folder.switch(folder, self._site.design)
        log.info("baked_anew", items=len(cards), files=count)

    def _all_sheets(self, cards: Iterable[Card]) -> Iterator[Sheet]:
        yield from sheets_of_items(cards)
        yield from sheets_of_lists(self._catalogue, self._site.profile)

    def _bring_files(self, item: Item) -> None:
        self._files.bring(item.content)

    def _bake(self, sheets: Iterable[Sheet]) -> int:
        return bake(self._folder.current, self._printer.print_all(sheets))


def _in_portions(sheets: Iterator[Sheet]) -> Iterator[list[Sheet]]:
    while portion := list(islice(sheets, _AT_ONCE)):
        yield portion
