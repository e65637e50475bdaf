"""A save on its way into the log: the events of one call, and what became of them."""

import os
from collections.abc import Sequence

from eventsourcing.persistence import DataError, IntegrityError, StoredEvent, Tracking

EVENT_OVERHEAD_BYTES = 120
LARGEST_EVENT_BYTES = 15 * 1024 * 1024
"""MongoDB takes documents up to 16 MiB."""


class Save:
    """The stored events of one save, settled once it has either positions or an error.

    `token` marks its documents. `tried_from` is the lowest position at which it may have been written without our
    knowing; None when nothing is in doubt.
    """

    __slots__ = ("error", "events", "positions", "size", "token", "tracking", "tried_from")

    def __init__(self, events: Sequence[StoredEvent], tracking: Tracking | None) -> None:
        self.events = events
        self.tracking = tracking
        self.token = os.urandom(8)
        self.size = sum(event_size(event) for event in events)
        self.positions: list[int] | None = None
        self.error: Exception | None = None
        self.tried_from: int | None = None
        self._check()

    @property
    def settled(self) -> bool:
        """Tell whether its outcome is known."""
        return self.positions is not None or self.error is not None

    def outcome(self) -> list[int]:
        """Return the positions of its events, or raise what went wrong."""
        if self.error is not None:
            raise self.error
        if self.positions is None:
            raise AssertionError("a save was given back unsettled")
        return self.positions

    @property
    def in_doubt(self) -> bool:
        """Tell whether it may have been written without our knowing."""
        return self.tried_from is not None

    def fail(self, error: Exception) -> None:
        """Settle it with an error, unless it is settled."""
        self.error = self.error if self.settled else error

    def doubt(self, position: int) -> None:
        """Remember that it may have been written at a position."""
        self.tried_from = position if self.tried_from is None else min(self.tried_from, position)

    def _check(self) -> None:
        # A unique index over an array does not compare the elements of one document with each other.
        if len({(e.originator_id, e.originator_version) for e in self.events}) != len(self.events):
            raise IntegrityError("one save holds two events of one version")
        if any(event_size(event) > LARGEST_EVENT_BYTES for event in self.events):
            raise DataError(f"an event is larger than {LARGEST_EVENT_BYTES} bytes: keep files in the file store")


def event_size(event: StoredEvent) -> int:
    """Return about how many bytes an event takes in a document."""
    return len(event.state) + len(event.topic) + EVENT_OVERHEAD_BYTES
