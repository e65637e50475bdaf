"""The log's tree as static files in the layout of C2SP tlog-tiles, below `/log`: any web server can serve them.

    var/site/log/checkpoint              the latest signed note whose tiles are all there
    var/site/log/keys                    every key that the log ever signed with, one a line
    var/site/log/tile/<L>/<N>            256 hashes; never changes
    var/site/log/tile/<L>/<N>.p/<W>      the first W hashes of the tile at the tree's right edge, until that is full

They belong to no edition of the pages: what is there is right for ever. Tiles come before the checkpoint that needs them.
After a start the right edge is written anew, and everything if a full tile is missing: a power cut may have taken them.
"""

import os
import shutil
from base64 import b64decode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from gateway.press.baking import put_in_place
from infra.logs import get_logger
from infra.messaging.errors import RemoteFault
from services.audit.messages import SignedCheckpoint

FOLDER = "log"
"""The folder below the site folder, and the prefix of every address."""

_WIDTH = 256
_HASH_BYTES = 32

log = get_logger("tiles")


class AnotherLogError(Exception):
    """What is offered does not continue what was published; it must not be published."""


class Log(Protocol):
    """The audit service, asked; raises `RpcError`."""

    def checkpoint(self) -> SignedCheckpoint:
        """Return the latest checkpoint with its keys."""

    def tile(self, level: int, number: int, width: int) -> bytes:
        """Return the first hashes of a tile."""


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


class Tiles:
    """Follows the log's checkpoints. Belongs to one thread."""

    def __init__(self, site_dir: Path, source: Log) -> None:
        self._folder = site_dir / FOLDER
        self._source = source
        self._written = 0
        self._refused = ""

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
        size, root = self._published()
        if signed.size < size or (signed.size == size and size and _root(signed.note) != root):
            raise AnotherLogError(f"the log offers another tree of {signed.size} entries, {size} are published")
        if signed.size > self._written:
            self._write_all(signed, size)

    def _write_all(self, signed: SignedCheckpoint, size: int) -> None:
        due = list(tiles_between(self._written, signed.size))
        for tile, before in due:
            if not self._has(tile):
                self._write(tile, before, size)
        put_in_place({self._folder / "keys": f"{signed.keys}\n".encode()})
        put_in_place({self._folder / "checkpoint": signed.note.encode()})
        self._written = signed.size
        for tile, _ in due:
            if tile.width == _WIDTH:
                shutil.rmtree(self._folder / tile.edge, ignore_errors=True)
        log.info("tiles_written", size=signed.size, tiles=len(due))

    def _write(self, tile: Tile, before: int, published: int) -> None:
        """Write a tile, whole or in every width up to its own: each belongs to a tree that may have been signed."""
        hashes = self._source.tile(*tile)
        if len(hashes) != tile.width * _HASH_BYTES or not hashes.startswith(self._known(tile, published)):
            raise AnotherLogError(f"{tile.name} does not begin as it did")
        if tile.width == _WIDTH:
            put_in_place({self._folder / tile.name: hashes})
            _flush(self._folder / tile.name)
            return
        widths = (tile._replace(width=width) for width in range(before + 1, tile.width + 1))
        put_in_place({self._folder / each.name: hashes[: each.width * _HASH_BYTES] for each in widths})

    def _known(self, tile: Tile, published: int) -> bytes:
        """Return what the published tree has of a tile."""
        width = min(max((published >> 8 * tile.level) - tile.number * _WIDTH, 0), _WIDTH)
        path = self._folder / tile._replace(width=width).name
        return path.read_bytes() if width and path.is_file() else b""

    def _has(self, tile: Tile) -> bool:
        """Tell whether a full tile is there already, as after a start."""
        path = self._folder / tile.name
        return tile.width == _WIDTH and path.is_file() and path.stat().st_size == _WIDTH * _HASH_BYTES

    def _published(self) -> tuple[int, str]:
        """Return size and root of what is published; without a checkpoint, of nothing."""
        try:
            note = (self._folder / "checkpoint").read_text(encoding="utf-8")
        except FileNotFoundError:
            return 0, ""
        return int(note.split("\n")[1]), _root(note)


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


def _root(note: str) -> str:
    return note.split("\n")[2]


def _flush(path: Path) -> None:
    """Make a file survive a power cut."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
