"""Builds the press from the settings."""

from contextlib import AbstractContextManager
from functools import partial
from threading import Lock

from pymongo.database import Database

from gateway import NAME
from gateway.pages.rendering import Renderer
from gateway.pages.site import Site
from gateway.press.archive import Archive
from gateway.press.files import Chunks, FileStore
from gateway.press.folder import SiteFolder, alone
from gateway.press.indexing import Indexing
from gateway.press.listing import Listing
from gateway.press.press import Press
from gateway.press.tiles import AuditService, Tiles
from gateway.queries import Queries
from gateway.search_index import index_folder
from infra.event_store.connection import Document, connect
from infra.messaging.blocking_rpc import BlockingRpc
from infra.messaging.feed import Feed
from infra.messaging.inbox import Inbox
from infra.messaging.log_pages import pages_of
from infra.messaging.parked import Parked
from infra.read_store.positions import Positions
from infra.settings import ServiceSettings
from services.content.messages import FileChunk

UPSTREAM = "content"
"""The service whose public events the press bakes."""
_FILE_TIMEOUT_S = 20.0
_LOG_TIMEOUT_S = 3.0


class Workshop:
    """The press with everything around it, built once for a process."""

    def __init__(self, settings: ServiceSettings) -> None:
        self._settings = settings
        self._store: Database[Document] = connect(settings.mongo_url)[settings.store_database]
        self._renderer = Renderer(Site.load(settings.profile_dir, settings.public_url))
        self._writing = Lock()
        self.rpc = BlockingRpc(settings.amqp_url, NAME)
        self.log_rpc = BlockingRpc(settings.amqp_url, NAME)
        """A connection of its own: a log that answers slowly holds up no page."""
        self.folder = SiteFolder(settings.site_dir)
        self.archive = Archive(self._store, settings.profile)

    def alone(self) -> AbstractContextManager[bool]:
        """Be the only one who writes pages and index; yields False when somebody else does."""
        return alone(index_folder(self._settings.var_dir).with_name(".press"))

    def press(self) -> Press:
        """Return what bakes items."""
        files = FileStore(self._settings.site_dir, _chunks(self.rpc))
        return Press(self.archive, self._renderer, self.folder, files, self._writing)

    def listing(self) -> Listing:
        """Return what bakes lists, and everything anew."""
        return Listing(Queries(self._store), self._renderer, self.folder, self._writing)

    def indexing(self) -> Indexing:
        """Return what keeps the search index up; only while one is alone."""
        return Indexing(Queries(self._store), self._settings.var_dir)

    def tiles(self) -> Tiles:
        """Return what publishes the log's tree; only while one is alone."""
        return Tiles(self._settings.site_dir, AuditService(self.log_rpc.call, _LOG_TIMEOUT_S))

    def hear_again(self) -> None:
        """Take in all events again: a site folder that is new has no pictures and attachments, which come with the items."""
        Positions(self._store).reset(f"from.{UPSTREAM}")

    def feed(self, press: Press) -> Feed:
        """Return the feed of published things into the press."""
        parked = Parked(self._store["parked"])
        inbox = Inbox(UPSTREAM, Positions(self._store), parked, pages_of(UPSTREAM, self.rpc), press.react)
        return Feed(self._settings.amqp_url, NAME, inbox)


def _chunks(rpc: BlockingRpc) -> Chunks:
    ask = partial(rpc.call, UPSTREAM, "file_chunk", timeout_s=_FILE_TIMEOUT_S)
    return lambda file, offset: FileChunk(**ask(file=file, offset=offset))
