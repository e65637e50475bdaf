"""Inclusion and consistency proofs of RFC 6962 section 2.1: which nodes they take, and how anybody checks them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.audit.log.tree import Node, bag, node_hash, peaks_of

Hashes = Mapping[Node, bytes]
"""The hashes of perfect subtrees, by address."""


@dataclass(frozen=True, slots=True)
class Span:
    """The leaves `begin` to `end` (not included) that one hash of a proof stands for; `begin` is aligned to its size."""

    begin: int
    end: int

    @property
    def nodes(self) -> list[Node]:
        """The perfect subtrees that it is made of."""
        return peaks_of(self.end - self.begin, self.begin)

    def hash(self, hashes: Hashes) -> bytes:
        """Its hash, from those of its perfect subtrees."""
        return bag([hashes[node] for node in self.nodes])

    def halves(self) -> tuple["Span", "Span"]:
        """Split as RFC 6962 does: the left half is the largest power of two smaller than the whole."""
        middle = self.begin + (1 << (self.end - self.begin - 1).bit_length() - 1)
        return Span(self.begin, middle), Span(middle, self.end)


def inclusion(index: int, size: int) -> list[Span]:
    """Return the audit path of a leaf in a tree, from the leaf upwards (RFC 6962 section 2.1.1).

    Raises:
        ValueError: the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} among {size}")
    path: list[Span] = []
    whole = Span(0, size)
    while whole.end - whole.begin > 1:
        left, right = whole.halves()
        whole, sibling = (left, right) if index < left.end else (right, left)
        path.append(sibling)
    return path[::-1]


def consistency(old: int, new: int) -> list[Span]:
    """Return the proof that the tree of `old` leaves is the beginning of the one of `new` (RFC 6962 section 2.1.2).

    Raises:
        ValueError: the old tree is empty or larger than the new one.
    """
    if not 0 < old <= new:
        raise ValueError(f"a tree of {new} does not extend one of {old}")
    path: list[Span] = []
    whole, known = Span(0, new), True
    while whole.end != old:
        left, right = whole.halves()
        if old <= left.end:
            whole, sibling = left, right
        else:
            whole, sibling, known = right, left, False
        path.append(sibling)
    return ([] if known else [whole]) + path[::-1]


def includes(root: bytes, size: int, index: int, leaf: bytes, path: Sequence[bytes]) -> bool:
    """Check an audit path against a root (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(sibling, found)
            place, last = _up_to_a_right_child(place, last)
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def extends(old_root: bytes, old: int, new_root: bytes, new: int, path: Sequence[bytes]) -> bool:
    """Check that the tree behind `new_root` begins with the one behind `old_root` (RFC 9162 section 2.1.4.2)."""
    if old == new:
        return old_root == new_root and not path
    if not 0 < old < new or not path:
        return False
    nodes = [old_root, *path] if old & (old - 1) == 0 else list(path)
    place, last = _strip(old - 1, new - 1)
    first = second = nodes[0]
    for sibling in nodes[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            place, last = _up_to_a_right_child(place, last)
        else:
            second = node_hash(second, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root


def _up_to_a_right_child(place: int, last: int) -> tuple[int, int]:
    """Skip the levels on which the node has no sibling."""
    while place and not place & 1:
        place, last = place >> 1, last >> 1
    return place, last


def _strip(place: int, last: int) -> tuple[int, int]:
    """Begin at the largest perfect subtree that ends the old tree."""
    while place & 1:
        place, last = place >> 1, last >> 1
    return place, last
