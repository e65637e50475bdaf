import hashlib
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

import pytest
from pymongo.database import Database

from gateway.pages.rendering import Renderer
from gateway.pages.site import Site
from gateway.press.archive import Archive
from gateway.press.files import FileStore
from gateway.press.folder import SiteFolder
from gateway.press.listing import Listing
from gateway.press.press import Press
from gateway.queries import Queries
from infra.messaging.envelope import Envelope
from infra.messaging.errors import RpcUnavailable
from services.content.messages import FileChunk

CHUNK = 7
ORIGIN = "http://portal.example"


@dataclass
class Drawer:
    """The newsroom's files, in small pieces; `away` makes it unreachable."""

    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[tuple[str, int]] = field(default_factory=list)
    away: bool = False

    def put(self, data: bytes) -> str:
        file = hashlib.sha256(data).hexdigest()
        self.files[file] = data
        return file

    def __call__(self, file: str, offset: int) -> FileChunk:
        if self.away:
            raise RpcUnavailable("no broker")
        self.asked.append((file, offset))
        data = self.files[file]
        piece = data[offset : offset + CHUNK]
        return FileChunk(b64encode(piece).decode(), offset + CHUNK >= len(data), "image/webp", len(data))


@pytest.fixture(scope="session")
def renderer() -> Renderer:
    return Renderer(Site.load(Path("profiles/binh-phuoc"), ORIGIN))


@pytest.fixture
def drawer() -> Drawer:
    return Drawer()


@dataclass(frozen=True)
class WholePress:
    """A press with its lists, made to follow at once."""

    press: Press
    listing: Listing

    def react(self, envelopes: Sequence[Envelope]) -> None:
        self.press.react(envelopes)
        self.listing.catch_up()

    def rebuild(self) -> None:
        self.listing.rebuild()


@dataclass(frozen=True)
class Works:
    """Makes presses that work on one store and one site folder, as one does after another."""

    store: Database[dict[str, Any]]
    site_dir: Path
    renderer: Renderer
    drawer: Drawer
    boot: str = "this boot"

    def press(self) -> WholePress:
        archive, folder, writing = Archive(self.store, "binh-phuoc"), SiteFolder(self.site_dir, self.boot), Lock()
        listing = Listing(Queries(self.store), self.renderer, folder, writing)
        archive.prepare()
        listing.begin()
        folder.begin_work()
        press = Press(archive, self.renderer, folder, FileStore(self.site_dir, self.drawer), writing)
        return WholePress(press, listing)


@pytest.fixture
def works(
    store_database: Database[dict[str, Any]], tmp_path: Path, renderer: Renderer, drawer: Drawer
) -> Iterator[Works]:
    return Works(store_database, tmp_path / "site", renderer, drawer)


def baked_bytes(site_dir: Path) -> dict[str, bytes]:
    """Returns every file that readers can see, by its name."""
    folder = site_dir / "current"
    files = (path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}
