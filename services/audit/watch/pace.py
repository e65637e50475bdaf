"""How fast everything is read again: soon enough to find a change within a minute, and never with all of a processor."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a turn takes, in seconds.

    As long as it must at the larger share of a processor; where there is little to read, as long as it may at the smaller.
    """

    shortest: float = 2.0
    aim: float = 40.0
    """A change is met at the latest one turn after it was made; what is left of the minute is for telling."""
    share: float = 0.2
    most: float = 0.5
    beat: float = 1.0
    """How often new entries are looked for, and the monitor's word is renewed."""

    def turn(self, work: float, *, found: bool) -> float:
        """Return how long a turn shall take, of which so much is work; half as long where something has been found."""
        aim = self.aim / 2 if found else self.aim
        return max(self.shortest, min(work / self.share, aim), work / self.most)
