"""The press at work: takes in what was published, and bakes the pages of the items."""

from collections.abc import Callable, Sequence
from threading import Lock

from gateway.items import Item
from gateway.pages.rendering import Renderer
from gateway.press.archive import Archive
from gateway.press.baking import bake
from gateway.press.files import FileStore
from gateway.press.folder import SiteFolder
from gateway.press.printing import print_item
from infra.logs import get_logger
from infra.messaging.envelope import Envelope
from services.content.messages import PUBLIC_TOPICS

log = get_logger("press")


class Press:
    """Events first, then the items' files, their pages, and their cards: lists and search offer nothing that is not there.

    Hearing an event again bakes the same bytes. `writing` is held while pages of items are written, so that the set of
    pages is not exchanged under them.
    """

    def __init__(
        self, archive: Archive, renderer: Renderer, folder: SiteFolder, files: FileStore, writing: Lock
    ) -> None:
        self._archive = archive
        self._renderer = renderer
        self._folder = folder
        self._files = files
        self._writing = writing
        self._followers: tuple[Callable[[], None], ...] = ()

    def tell(self, *followers: Callable[[], None]) -> None:
        """Call these after every change."""
        self._followers = followers

    def react(self, envelopes: Sequence[Envelope]) -> None:
        """Bake what follows from a run of events, and tell those who follow."""
        public = [envelope for envelope in envelopes if envelope.topic in PUBLIC_TOPICS]
        if not public:
            return
        with self._writing:
            items = self._archive.keep_events(public)
            for item in items:
                self._files.bring(item.content)
            count = self._bake(items)
            self._archive.put_cards(items)
        for follower in self._followers:
            follower()
        log.info("items_baked", items=len(items), files=count, position=public[-1].position)

    def _bake(self, items: Sequence[Item]) -> int:
        """Bake the pages of items; where readers' pages were taken away, whoever begins them anew bakes these, too."""
        edition = self._folder.edition()
        if edition is None:
            return 0
        return bake(edition, (page for item in items for page in print_item(self._renderer, item)))
