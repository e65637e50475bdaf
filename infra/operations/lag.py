"""How long ago the oldest event was committed that a reader has not taken in, told without reading events."""

from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import datetime

MARKS_MOST = 4_000
"""More than five hours of looks while somebody is behind; an even number."""


@dataclass(slots=True)
class Marks:
    """When the head of one log was first seen at which position.

    Whoever only counts events knows no times; so each look at the head leaves a mark, and an event is as old as the
    first mark at or beyond it. That errs by the time between two looks, and after a restart of the observer on the
    side of "younger": the lag in events is exact at any time.
    """

    most: int = MARKS_MOST
    _positions: list[int] = field(default_factory=list)
    _seen: list[datetime] = field(default_factory=list)

    def note(self, head: int, now: datetime) -> None:
        """Leave a mark if the head has moved; a log that was cut off or exchanged begins anew."""
        if self._positions and head < self._positions[-1]:
            self._positions, self._seen = [], []
        if not self._positions or head > self._positions[-1]:
            self._positions.append(head)
            self._seen.append(now)
        if len(self._positions) == self.most:
            # Each two become one, with the instant of the first: what lies between counts as a little older then.
            self._positions, self._seen = self._positions[1::2], self._seen[::2]

    def seconds(self, position: int, now: datetime) -> float:
        """Return how old the first event after the position is; 0 when there is none."""
        place = bisect_left(self._positions, position + 1)
        if place == len(self._positions):
            return 0.0
        return max(0.0, (now - self._seen[place]).total_seconds())

    def forget(self, position: int) -> None:
        """Forget what every reader has taken in."""
        place = bisect_left(self._positions, position + 1)
        del self._positions[:place], self._seen[:place]
