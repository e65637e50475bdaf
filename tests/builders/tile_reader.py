"""A reader of tiled logs, written from the specifications alone (C2SP tlog-tiles, tlog-checkpoint; RFC 6962): nothing of ours."""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

Fetch = Callable[[str], bytes]
"""Returns what stands at a path below the log's prefix; raises where there is nothing."""


class Head(NamedTuple):
    """A signed tree head, its signature not looked at."""

    origin: str
    size: int
    root: bytes


def path_of(level: str, number: int, width: int) -> str:
    """`x001/x234/067`, and `.p/<W>` where the tile is partial."""
    groups: list[str] = []
    rest = number
    while True:
        groups.insert(0, f"{rest % 1000:03d}")
        rest //= 1000
        if rest == 0:
            break
    encoded = "/".join([*("x" + group for group in groups[:-1]), groups[-1]])
    return f"tile/{level}/{encoded}" + (f".p/{width}" if width < 256 else "")


@dataclass
class TileReader:
    """Fetches only what a verified size calls for, and computes everything else."""

    fetch: Fetch

    def head(self) -> Head:
        """Fetch the checkpoint."""
        origin, size, root, empty, *_ = self.fetch("checkpoint").decode().split("\n")
        assert empty == ""
        return Head(origin, int(size), base64.b64decode(root))

    def tree_hash(self, begin: int, end: int, size: int) -> bytes:
        """MTH(D[begin:end]) in a tree of `size` leaves."""
        count = end - begin
        if count == 1 or (count & (count - 1) == 0 and begin % count == 0):
            return self._perfect(begin, count, size)
        middle = begin + (1 << ((count - 1).bit_length() - 1))
        return _node(self.tree_hash(begin, middle, size), self.tree_hash(middle, end, size))

    def root(self, size: int) -> bytes:
        """MTH(D[0:size])."""
        return self.tree_hash(0, size, size)

    def inclusion(self, index: int, begin: int, end: int, size: int) -> list[bytes]:
        """PATH(index, D[begin:end]) of RFC 6962, section 2.1.1."""
        if end - begin == 1:
            return []
        middle = begin + (1 << ((end - begin - 1).bit_length() - 1))
        if index < middle:
            return [*self.inclusion(index, begin, middle, size), self.tree_hash(middle, end, size)]
        return [*self.inclusion(index, middle, end, size), self.tree_hash(begin, middle, size)]

    def consistency(self, old: int, begin: int, end: int, size: int, *, known: bool = True) -> list[bytes]:
        """SUBPROOF(old, D[begin:end], known) of RFC 6962, section 2.1.2."""
        if old == end:
            return [] if known else [self.tree_hash(begin, end, size)]
        middle = begin + (1 << ((end - begin - 1).bit_length() - 1))
        if old <= middle:
            return [*self.consistency(old, begin, middle, size, known=known), self.tree_hash(middle, end, size)]
        return [*self.consistency(old, middle, end, size, known=False), self.tree_hash(begin, middle, size)]

    def _perfect(self, begin: int, count: int, size: int) -> bytes:
        """The hash of a subtree that is perfect, from the one tile that holds the level just below or at it."""
        height = count.bit_length() - 1
        level = height // 8 if height % 8 == 0 else (height - 1) // 8 if height else 0
        span = 256**level
        first, width = begin // span, count // span
        tile, offset = divmod(first, 256)
        hashes = self._tile(level, tile, size)
        row = [hashes[32 * place : 32 * place + 32] for place in range(offset, offset + width)]
        while len(row) > 1:
            row = [_node(left, right) for left, right in zip(row[::2], row[1::2], strict=True)]
        return row[0]

    def _tile(self, level: int, number: int, size: int) -> bytes:
        complete = size // 256**level
        width = 256 if number < complete // 256 else complete % 256
        data = self.fetch(path_of(str(level), number, width))
        assert len(data) == 32 * width
        return data


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
