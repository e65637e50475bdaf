"""Pauses between attempts: short at first, doubling, never longer than a bound."""

from dataclasses import dataclass


@dataclass(slots=True)
class Backoff:
    """Gives pauses in seconds. Not random: no more than a few processes of ours ever wait for the same server."""

    first_s: float = 0.2
    longest_s: float = 5.0
    _next_s: float | None = None
    _reason: str | None = None

    def is_news(self, reason: str) -> bool:
        """Tell whether the last attempt did not fail for the same reason: worth a line in the log."""
        known, self._reason = self._reason, reason
        return reason != known

    def pause_s(self) -> float:
        """Return how long to wait before the next attempt."""
        pause = self.first_s if self._next_s is None else self._next_s
        self._next_s = min(2 * pause, self.longest_s)
        return pause

    def reset(self) -> None:
        """Begin with short pauses again: an attempt has succeeded."""
        self._next_s = self._reason = None
