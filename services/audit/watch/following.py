"""What is new since everything was read: followed from the place where the last reading ended."""

from collections.abc import Mapping
from typing import Protocol

from services.audit.log.service_log import DAMAGE, CommitSource
from services.audit.log.verification import Reading, StoredLog

_PAGES_AT_ONCE = 20


class FollowedLog(CommitSource, Protocol):
    """A service's log to read, as `infra.event_store`'s reader is."""

    def head(self) -> int:
        """Return the position of the last event; 0 when there is none."""


class Follower:
    """Goes on with a reading that has come to its end."""

    def __init__(self, reading: Reading, entries: StoredLog, services: Mapping[str, FollowedLog]) -> None:
        self._reading = reading
        self._entries = entries
        self._services = services
        self.lag: dict[str, int] = {}
        self.ends: dict[str, int] = {}
        self._wrong = self._what_is_wrong()

    @property
    def size(self) -> int:
        """How many entries have been read by now."""
        return self._reading.size

    @property
    def root(self) -> bytes:
        """The root of the largest signed tree that has been read."""
        return self._reading.root

    def fits(self) -> bool:
        """Take what is new; False when it does not fit to what was read, or when a log has become shorter.

        What has happened then only a reading of everything can tell.
        """
        if self._entries.signed() < self._reading.signed:
            return False
        self._reading.look_again()
        for _ in range(_PAGES_AT_ONCE):
            if not self._reading.step():
                break
        return self._what_is_wrong() == self._wrong

    def _what_is_wrong(self) -> tuple[int, frozenset[str]]:
        """Look how far each log goes; return how much has been found, and which logs end too early."""
        self.ends = ends = {name: _head(log) for name, log in self._services.items()}
        self.lag = {name: max(end - self._reading.audited(name), 0) for name, end in ends.items()}
        short = frozenset(name for name, end in ends.items() if end < self._reading.audited(name))
        return self._reading.found, short


def _head(log: FollowedLog) -> int:
    """Return the position of a log's last event; -1 where its last commit is none."""
    try:
        return log.head()
    except DAMAGE:
        return -1
