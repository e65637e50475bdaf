"""A tree that grows by many leaves at once, level by level: the same nodes as leaf by leaf, in a fraction of the time."""

import hashlib
from collections.abc import Sequence

from services.audit.log.tree import Frontier, bag, peaks_of

_sha256 = hashlib.sha256


class Growth:
    """What becomes of a tree when these leaf hashes are added to it; the frontier given stays as it is."""

    def __init__(self, frontier: Frontier, leaves: Sequence[bytes]) -> None:
        self._frontier = frontier
        self._begin, self.size = frontier.size, frontier.size + len(leaves)
        self._levels: list[Sequence[bytes]] = [leaves]
        while above := self._above():
            self._levels.append(above)

    def completes(self, nodes: Sequence[Sequence[bytes]]) -> bool:
        """Tell whether leaf by leaf exactly these perfect subtrees become complete, from level 1 upwards."""
        if sum(map(len, nodes)) != sum(map(len, self._levels[1:])):
            return False
        try:
            return all(
                [completed[level - 1] for completed in nodes[self._first_completing(level) :: 1 << level]] == row
                for level, row in enumerate(self._levels[1:], 1)
            )
        except IndexError:
            return False

    def root(self, size: int) -> bytes:
        """Return the root of the tree when it has `size` leaves, from the size it had up to the one it has now."""
        return bag([self._node(peak.level, peak.number) for peak in peaks_of(size)])

    def frontier(self) -> Frontier:
        """Return the right edge of the grown tree."""
        return Frontier(self.size, [self._node(peak.level, peak.number) for peak in peaks_of(self.size)])

    def _above(self) -> list[bytes]:
        """Return the hashes of the next level that become complete."""
        level = len(self._levels) - 1
        row = self._levels[level]
        if self._begin >> level & 1:
            row = [self._frontier.peak(level), *row]
        return [_sha256(b"\x01" + left + right).digest() for left, right in zip(row[::2], row[1::2], strict=False)]

    def _first_completing(self, level: int) -> int:
        """Return which of the leaves is the first to complete a subtree of a level."""
        return (((self._begin >> level) + 1) << level) - 1 - self._begin

    def _node(self, level: int, number: int) -> bytes:
        """Return a perfect subtree: one that was complete before is on the old edge, or the number says which is new."""
        new = number - (self._begin >> level)
        return self._frontier.peak(level) if new < 0 else self._levels[level][new]
