"""Reading a log in portions that are bounded in number and in bytes: a log may hold many long events, and memory may not."""

from collections.abc import Sequence
from typing import Protocol

from infra.event_store import LogEntry

PORTION_BYTES = 4_000_000
"""A portion ends with the entry that brings it over this size."""
_FIRST_STEP, _LONGEST_STEP = 8, 100
"""So many entries are asked for at once: at first, when nothing is known of their size, and at most."""


class PagedLog(Protocol):
    """What is asked of a log; see `infra.event_store.LogReader`."""

    def page(self, after: int, limit: int) -> list[LogEntry]:
        """Return the entries after a position, oldest first; fewer than `limit` only at the end."""


class Portions:
    """Reads one log in steps, and makes them shorter where entries are long, so that few are in memory at once."""

    def __init__(self, log: PagedLog, entries: int) -> None:
        self._log = log
        self._entries = entries
        self._step = _FIRST_STEP

    def after(self, position: int) -> list[LogEntry]:
        """Return what follows a position: so many entries, or so many bytes; none only at the end."""
        portion: list[LogEntry] = []
        size = 0
        while len(portion) < self._entries and size <= PORTION_BYTES:
            asked = min(self._step, self._entries - len(portion))
            found = self._log.page(position, asked)
            size = _take(found, portion, size)
            if len(found) < asked:
                break
            position = found[-1].position
            self._step = _step_for(found)
        return portion


def _take(found: Sequence[LogEntry], portion: list[LogEntry], size: int) -> int:
    """Put entries into a portion as long as there is room; return its size."""
    for entry in found:
        if size > PORTION_BYTES:
            break
        portion.append(entry)
        size += len(entry.state)
    return size


def _step_for(found: Sequence[LogEntry]) -> int:
    longest = max(len(entry.state) for entry in found)
    return max(1, min(_LONGEST_STEP, PORTION_BYTES // max(1, longest)))
