import hashlib
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any, Self

import httpx
import pytest
from pymongo.database import Database

from gateway.app import Portal, create
from gateway.pages.rendering import Renderer
from gateway.pages.site import Site
from gateway.press import baking, listing
from gateway.press.archive import Archive
from gateway.press.files import FileStore
from gateway.press.folder import SiteFolder
from gateway.press.listing import Listing
from gateway.press.press import Press
from gateway.queries import Queries
from gateway.search_index import IndexReader, IndexWriter, index_folder
from infra.messaging.envelope import Envelope
from infra.messaging.errors import RpcUnavailable
from infra.settings import Settings
from services.content.messages import FileChunk
from tests.builders.newsroom.serving import served
from tests.builders.published import a_text, an_act, an_item, published, withdrawn

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


BOTH = {"vi": a_text("Khởi công cầu Đồng Xoài"), "en": a_text("Bridge begun")}
CHECKPOINT = {
    "note": "portal\n2\nroot\n\n— portal sig\n",
    "size": 2,
    "root": "ab" * 32,
    "key": "portal+1+k",
    "keys": "portal+1+k",
}
PROOF = {
    "entry": "content/1",
    "index": 0,
    "leaf": "{}",
    "leaf_hash": "cd" * 32,
    "path": ["ef" * 32],
    "size": 2,
    "root": "ab" * 32,
    "note": "n",
    "keys": "portal+1+k",
}
TOLD = (
    published(1, "bridge", texts=BOTH),
    published(2, "law", kind="legal-document", section="van-ban-phap-luat", texts={"vi": a_text("Quy chế")}),
    published(5, "bridge", edition=2, texts=BOTH, act=an_act("secretary", "standing-deputy", "12/QĐ-STTTT")),
    withdrawn(9, "law"),
)


@dataclass
class Auditor:
    """Stands where the bus is: answers as the audit service does."""

    answers: dict[str, Any] = field(default_factory=dict)
    is_connected: bool = True
    asked: list[str] = field(default_factory=list)

    async def call(
        self, service: str, method: str, /, *, timeout_s: float, correlation: str | None, **arguments: Any
    ) -> Any:
        assert (service, timeout_s < 10, bool(correlation)) == ("audit", True, True)
        self.asked.append(method)
        answer = self.answers[method]
        if isinstance(answer, Exception):
            raise answer
        return answer(**arguments) if callable(answer) else answer

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        return None


@pytest.fixture
def auditor() -> Auditor:
    return Auditor({"checkpoint": CHECKPOINT, "proof": lambda entry: PROOF if entry == "content/1" else None})


@pytest.fixture
def reader(works: Works, auditor: Auditor, tmp_path: Path) -> Iterator[httpx.Client]:
    works.press().react(TOLD)
    IndexWriter(index_folder(tmp_path)).put([an_item(TOLD[0], TOLD[2]), an_item(TOLD[1], TOLD[3])])
    settings = Settings(site_dir=works.site_dir, public_url=ORIGIN)
    index = IndexReader(index_folder(tmp_path))
    portal = Portal(works.renderer, Queries(works.store), index, auditor, settings)
    with served(lambda _: create(portal)) as address, httpx.Client(base_url=address, timeout=10) as client:
        yield client


@pytest.fixture
def press(works: Works, monkeypatch: pytest.MonkeyPatch) -> WholePress:
    """A press that has baked ten items, and bakes four at once when it bakes everything anew."""
    monkeypatch.setattr(listing, "_ITEMS_AT_ONCE", 4)
    press = works.press()
    press.react([published(n, f"row-{n}") for n in range(1, 11)])
    return press


class KilledError(Exception):
    """Stands for kill -9: nothing of the press runs after it."""


@contextmanager
def cut_off_after(survived: int, failure: type[Exception] = KilledError) -> Iterator[None]:
    """Let so many pages be written; whoever writes one more fails, and has to: that is caught here."""
    written = list[Path]()

    def cut_off(path: Path, data: bytes) -> None:
        if len(written) >= survived:
            raise failure
        written.append(path)
        path.write_bytes(data)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(baking, "_write", cut_off)
        with pytest.raises(failure):
            yield
