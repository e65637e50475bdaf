"""The Merkle tree of RFC 6962 section 2.1: hashes, and a compact frontier that grows leaf by leaf."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

EMPTY_ROOT = hashlib.sha256(b"").digest()
"""The root of the tree without leaves."""


def leaf_hash(data: bytes) -> bytes:
    """Hash the bytes of one leaf; the prefix keeps leaves and inner nodes apart."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees into the one above them."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True, order=True)
class Node:
    """The address of a perfect subtree: number `number`, counted from the left, of those with 2**level leaves."""

    level: int
    number: int

    @property
    def last_leaf(self) -> int:
        """The index of its last leaf, with which the subtree became complete and will never change again."""
        return ((self.number + 1) << self.level) - 1


def peaks_of(size: int, begin: int = 0) -> list[Node]:
    """Return the perfect subtrees, largest first, that make up `size` leaves beginning at an aligned `begin`."""
    peaks = []
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            peaks.append(Node(level, begin >> level))
            begin += 1 << level
    return peaks


def bag(peaks: Sequence[bytes]) -> bytes:
    """Fold the hashes of perfect subtrees, largest first, into the root of the tree that they make up."""
    if not peaks:
        return EMPTY_ROOT
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = node_hash(peak, root)
    return root


class Frontier:
    """The right edge of a growing tree: all that is needed to append to it and to know its root.

    It holds one hash for each bit of its size that is set, so a log of a billion entries needs at most thirty.
    """

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        self.size = size
        self._peaks = list(peaks)

    @classmethod
    def over(cls, leaves: Iterable[bytes]) -> Self:
        """Build the frontier of a tree from the hashes of all its leaves."""
        frontier = cls()
        for leaf in leaves:
            frontier.append(leaf)
        return frontier

    def copy(self) -> "Frontier":
        """Return another frontier of the same tree, that grows on its own."""
        return Frontier(self.size, self._peaks)

    def append(self, leaf: bytes) -> list[bytes]:
        """Add a leaf hash; return the hashes of the perfect subtrees that it completes, from level 1 upwards."""
        completed = []
        node = leaf
        number = self.size
        while number & 1:
            node = node_hash(self._peaks.pop(), node)
            completed.append(node)
            number >>= 1
        self._peaks.append(node)
        self.size += 1
        return completed

    def peak(self, level: int) -> bytes:
        """Return the hash of the perfect subtree with 2**level leaves at the edge; the size has this bit set."""
        return self._peaks[(self.size >> level + 1).bit_count()]

    def root(self) -> bytes:
        """Return the root hash of the tree as it is now."""
        return bag(self._peaks)
