"""The tree cut into tiles of 256 hashes, as C2SP tlog-tiles has it: hash `i` of tile `n` at level `l` stands for 256**l leaves."""

from services.audit.log.entries import EntryLog
from services.audit.log.tree import Node

HASHES = 256
"""Hashes of a full tile."""
LEVELS = 64
"""Levels that the specification knows."""
_HEIGHT = 8


def tile(log: EntryLog, size: int, address: tuple[int, int], width: int) -> bytes | None:
    """Return the first `width` hashes of the tile at (level, number) of a tree of `size` leaves; None when it has not so many."""
    level, number = address
    first = number * HASHES
    if not (0 <= level < LEVELS and number >= 0 and 0 < width <= HASHES):
        return None
    if first + width > size >> level * _HEIGHT:
        return None
    nodes = [Node(level * _HEIGHT, first + place) for place in range(width)]
    hashes = log.hashes(nodes)
    return b"".join(hashes[node] for node in nodes)
