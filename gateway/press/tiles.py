"""The log's tree as static files in the layout of C2SP tlog-tiles, below `/log`: any web server can serve them.

    var/site/log/checkpoint              the latest signed note whose tiles are all there
    var/site/log/keys                    every key that the log ever signed with, one a line
    var/site/log/tile/<L>/<N>            256 hashes; never changes
    var/site/log/tile/<L>/<N>.p/<W>      the first W hashes of the tile at the tree's right edge, until that is full

They belong to no edition of the pages: what is there is right for ever. Tiles come before the checkpoint that needs them,
and none is written that does not lead to its root: the partial ones by themselves, a full one by its hash in the tile above.
After a start the right edge is written anew, and everything if a full tile is missing: a power cut may have taken them.
Where the published checkpoint cannot be read, every tile that is there counts as published in its place.
"""

import os
import re
import shutil
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, Protocol, Self

from gateway.press.baking import put_in_place
from gateway.press.signed import is_signed
from gateway.press.tree import HASH_BYTES, root_of
from infra.logs import get_logger
from infra.messaging.errors import RemoteFault
from infra.whole_file import write_lasting
from services.audit.messages import SignedCheckpoint

FOLDER = "log"
"""The folder below the site folder, and the prefix of every address."""

_CHECKPOINT = "checkpoint"
_WIDTH = 256
_TILE = re.compile(r"tile/(\d+)/((?:x\d{3}/)*\d{3})(?:\.p/(\d+))?", re.ASCII)

log = get_logger("tiles")


class AnotherLogError(Exception):
    """What is offered does not continue what was published, or does not fit together; it must not be published."""


class Log(Protocol):
    """The audit service, asked; raises `RpcError`."""

    def checkpoint(self) -> SignedCheckpoint:
        """Return the latest checkpoint with its keys."""

    def tile(self, level: int, number: int, width: int) -> bytes:
        """Return the first hashes of a tile."""


class Published(NamedTuple):
    """The tree that readers know: how many leaves it has, and its root; "" where the root is not known."""

    size: int
    root: str


class Tile(NamedTuple):
    """A tile of a tree of some size: its first `width` hashes."""

    level: int
    number: int
    width: int

    @property
    def name(self) -> str:
        """Its path below the log's prefix: thousands in folders of their own, all but the last marked by an `x`."""
        digits = f"{self.number:03d}"
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        *folders, last = (digits[place : place + 3] for place in range(0, len(digits), 3))
        path = "/".join([f"tile/{self.level}", *(f"x{folder}" for folder in folders), last])
        return path if self.width == _WIDTH else f"{path}.p/{self.width}"

    @classmethod
    def named(cls, path: str) -> Self | None:
        """Return the tile that has this path; None for a path that is no tile's."""
        found = _TILE.fullmatch(path)
        if found is None:
            return None
        level, number, width = found.groups()
        return cls(int(level), int(number.replace("/", "").replace("x", "")), int(width or _WIDTH))

    @property
    def edge(self) -> str:
        """The folder with what was served of this tile until it was full."""
        return f"{self._replace(width=_WIDTH).name}.p"


def tiles_between(old: int, new: int) -> Iterator[tuple[Tile, int]]:
    """Name the tiles that a tree of `new` leaves has wider than one of `old`, with their width then, from the leaves up."""
    level = 0
    while new:
        for number in range(old // _WIDTH, -(-new // _WIDTH)):
            width, before = (min(max(size - number * _WIDTH, 0), _WIDTH) for size in (new, old))
            if before < width:
                yield Tile(level, number, width), before
        level, old, new = level + 1, old // _WIDTH, new // _WIDTH


def edge_of(size: int) -> list[Tile]:
    """Return the partial tiles of a tree, from the leaves up: they alone make its root."""
    levels = range(-(-size.bit_length() // 8))
    return [Tile(level, *divmod(size >> 8 * level, _WIDTH)) for level in levels if (size >> 8 * level) % _WIDTH]


class Tiles:
    """Follows the log's checkpoints. Belongs to one thread."""

    def __init__(self, site_dir: Path, source: Log) -> None:
        self._folder = site_dir / FOLDER
        self._source = source
        self._written = 0
        self._refused = ""
        self._told_unreadable = False

    def catch_up(self) -> None:
        """Publish the latest checkpoint; one that does not continue what is published is refused, and that is logged."""
        try:
            self._publish(self._source.checkpoint())
        except (AnotherLogError, RemoteFault) as refused:
            if str(refused) != self._refused:
                self._refused = str(refused)
                log.critical("checkpoint_not_published", reason=self._refused)

    def _publish(self, signed: SignedCheckpoint) -> None:
        """Publish a checkpoint, after the tiles that it needs."""
        published = self._published()
        size, root = published
        if signed.size < size or (signed.size == size and root and _root(signed.note) != root):
            raise AnotherLogError(f"the log offers another tree of {signed.size} entries, {size} are published")
        self._written = min(self._written, size) if root else 0
        if signed.size > self._written:
            self._check_signature(signed)
            self._write_all(signed, published)

    def _check_signature(self, signed: SignedCheckpoint) -> None:
        """Refuse what is not signed by the keys that are offered with it, and keys that do not continue the published ones."""
        published = self._folder / "keys"
        known = published.read_bytes() if published.is_file() else b""
        if not f"{signed.keys}\n".encode().startswith(known):
            raise AnotherLogError("the log offers other keys than are published")
        if not is_signed(signed.note, signed.size, signed.keys):
            raise AnotherLogError(f"the checkpoint of {signed.size} entries is not signed by the key for that size")

    def _write_all(self, signed: SignedCheckpoint, published: Published) -> None:
        due = dict(tiles_between(self._written, signed.size))
        edge = {tile: self._edge(tile, published, due) for tile in edge_of(signed.size)}
        if _encoded(root_of(edge.values())) != _root(signed.note):
            raise AnotherLogError(f"the checkpoint of {signed.size} entries does not fit the tiles")
        full = [tile for tile in due if tile.width == _WIDTH]
        for tile in sorted(full, key=lambda tile: -tile.level):
            self._fill(tile, published, edge)
        self._check_beginning(signed, published, edge)
        for tile, hashes in edge.items():
            widths = (tile._replace(width=width) for width in range(due.get(tile, tile.width) + 1, tile.width + 1))
            put_in_place({self._folder / each.name: hashes[: each.width * HASH_BYTES] for each in widths})
        write_lasting(self._folder / "keys", f"{signed.keys}\n".encode())
        write_lasting(self._folder / _CHECKPOINT, signed.note.encode())
        self._written = signed.size
        for tile in full:
            shutil.rmtree(self._folder / tile.edge, ignore_errors=True)
        log.info("tiles_written", size=signed.size, tiles=len(due))

    def _check_beginning(self, signed: SignedCheckpoint, published: Published, edge: dict[Tile, bytes]) -> None:
        """Refuse a tree that does not begin with the published one, if that one's root is known."""
        size, root = published
        beginning = (self._row(tile, edge)[: tile.width * HASH_BYTES] for tile in edge_of(size))
        if root and _encoded(root_of(beginning)) != root:
            raise AnotherLogError(f"the tree of {signed.size} entries does not begin with the published one of {size}")

    def _edge(self, tile: Tile, published: Published, due: dict[Tile, int]) -> bytes:
        """Return the hashes of a partial tile: those that are published, where it is no wider than before."""
        if tile not in due and self._is_whole(tile):
            return self._kept(tile)
        due.setdefault(tile, 0)
        return self._offered(tile, published)

    def _fill(self, tile: Tile, published: Published, edge: dict[Tile, bytes]) -> None:
        """Write a full tile, if it is not there already, as after a start; the tile above it is there."""
        if published.root and _width(tile, published.size) == _WIDTH and self._is_whole(tile):
            return
        above = self._above(tile, edge)
        if root_of([self._kept(tile)]) == above:
            return
        hashes = self._offered(tile, published)
        if root_of([hashes]) != above:
            raise AnotherLogError(f"{tile.name} does not fit the tile above it")
        put_in_place({self._folder / tile.name: hashes})
        _flush(self._folder / tile.name)

    def _above(self, tile: Tile, edge: dict[Tile, bytes]) -> bytes:
        """Return the hash over a full tile that stands in the tile above it."""
        number, place = divmod(tile.number, _WIDTH)
        row = self._row(Tile(tile.level + 1, number, _WIDTH), edge)
        return row[place * HASH_BYTES : (place + 1) * HASH_BYTES]

    def _row(self, tile: Tile, edge: dict[Tile, bytes]) -> bytes:
        """Return all that the new tree has of a tile: one that is not at its edge is full, and there."""
        partial = (hashes for each, hashes in edge.items() if each[:2] == tile[:2])
        return next(partial, b"") or self._kept(tile._replace(width=_WIDTH))

    def _offered(self, tile: Tile, published: Published) -> bytes:
        """Ask for the hashes of a tile, which begins as it is published."""
        hashes = self._source.tile(*tile)
        known = self._kept(tile._replace(width=_width(tile, published.size)))
        if len(hashes) != tile.width * HASH_BYTES or not hashes.startswith(known):
            raise AnotherLogError(f"{tile.name} does not begin as it did")
        return hashes

    def _kept(self, tile: Tile) -> bytes:
        """Return the hashes of a tile that is there; nothing where it is not, or not whole."""
        return (self._folder / tile.name).read_bytes() if self._is_whole(tile) else b""

    def _is_whole(self, tile: Tile) -> bool:
        path = self._folder / tile.name
        return path.is_file() and path.stat().st_size == tile.width * HASH_BYTES

    def _published(self) -> Published:
        """Return what is published; without a checkpoint nothing is, and where it cannot be read the tiles tell how much."""
        try:
            note = (self._folder / _CHECKPOINT).read_text(encoding="utf-8")
            return Published(int(note.split("\n")[1]), _root(note))
        except FileNotFoundError:
            return Published(0, "")
        except (ValueError, IndexError):
            return self._tiled()

    def _tiled(self) -> Published:
        """Return the tree that has just the tiles that are there: none of them may be published otherwise."""
        paths = (self._folder / "tile").rglob("*")
        named = (Tile.named(path.relative_to(self._folder).as_posix()) for path in paths)
        whole = (tile for tile in named if tile is not None and self._is_whole(tile))
        size = max(((tile.number * _WIDTH + tile.width) << 8 * tile.level for tile in whole), default=0)
        if not self._told_unreadable:
            self._told_unreadable = True
            log.critical("published_checkpoint_unreadable", tiles_of=size)
        return Published(size, "")


class AuditService:
    """The log as the audit service tells of it over the bus."""

    def __init__(self, ask: Callable[..., Any], timeout_s: float) -> None:
        self._ask = ask
        self._timeout_s = timeout_s

    def checkpoint(self) -> SignedCheckpoint:
        """Return the latest checkpoint with its keys; raises `RpcError`."""
        return SignedCheckpoint.read(self._ask("audit", "checkpoint", timeout_s=self._timeout_s))

    def tile(self, level: int, number: int, width: int) -> bytes:
        """Return the first hashes of a tile, nothing when the log has not so many; raises `RpcError`."""
        answer = self._ask("audit", "tile", timeout_s=self._timeout_s, level=level, number=number, width=width)
        return b"" if answer is None else b64decode(answer["hashes"])


def _width(tile: Tile, size: int) -> int:
    """Return how wide a tile is in a tree of `size` leaves."""
    return min(max((size >> 8 * tile.level) - tile.number * _WIDTH, 0), _WIDTH)


def _encoded(root: bytes) -> str:
    return b64encode(root).decode()


def _root(note: str) -> str:
    return note.split("\n")[2]


def _flush(path: Path) -> None:
    """Make a file survive a power cut."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
