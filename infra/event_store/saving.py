"""A save on its way into the log: the events of one call, and what became of them."""

import os
from collections.abc import Sequence
from typing import NamedTuple

from eventsourcing.persistence import DataError, IntegrityError, StoredEvent, Tracking

from infra.event_store.connection import Document

EVENT_OVERHEAD_BYTES = 120
LARGEST_EVENT_BYTES = 15 * 1024 * 1024
"""MongoDB takes documents up to 16 MiB."""


TOKEN_BYTES = 8
OFFERED_SAVES, OFFERED_BYTES = 64, 256 * 1024
"""A group of more is written faster by its own process than copied to another."""

EventKey = tuple[object, int]
"""Which version of which aggregate an event is."""


class Attempt(NamedTuple):
    """Where a save may have been written without our knowing: the commit by its position and token, and the save in it."""

    commit: int
    token: bytes
    first: int


class Save:
    """The stored events of one save, settled once it has either positions or an error.

    `offer`: the token under which other processes were let write it; then it may be in the log without our knowing.
    """

    __slots__ = ("attempts", "error", "events", "offer", "positions", "size", "tracking")

    def __init__(self, events: Sequence[StoredEvent], tracking: Tracking | None) -> None:
        self.events = events
        self.tracking = tracking
        self.size = sum(event_size(event) for event in events)
        self.positions: list[int] | None = None
        self.error: Exception | None = None
        self.attempts: list[Attempt] = []
        self.offer: bytes | None = None
        self._check()

    @property
    def keys(self) -> set[EventKey]:
        """Which version of which aggregate its events are."""
        return set(map(key_of, self.events))

    @property
    def settled(self) -> bool:
        """Tell whether its outcome is known."""
        return self.positions is not None or self.error is not None

    @property
    def in_doubt(self) -> bool:
        """Tell whether it may have been written without our knowing."""
        return bool(self.attempts) and not self.settled

    def place_in(self, commit: Document) -> int | None:
        """Return the position of its first event in a commit, tried here or written for its offer; None if it is not there."""
        for attempt in self.attempts:
            if attempt.token == commit["c"]:
                return attempt.first
        if self.offer is None or self.offer not in _offers_in(commit["c"]):
            return None
        first, keys = key_of(self.events[0]), [(event["o"], event["v"]) for event in commit["e"]]
        return int(commit["_id"]) + keys.index(first) if first in keys else None

    def outcome(self) -> list[int]:
        """Return the positions of its events, or raise what went wrong."""
        if self.error is not None:
            raise self.error
        if self.positions is None:
            raise AssertionError("a save was given back unsettled")
        return self.positions

    def succeed(self, first: int) -> None:
        """Settle it: its events are in the log, beginning at a position."""
        self.positions = list(range(first, first + len(self.events)))

    def fail(self, error: Exception) -> None:
        """Settle it with an error, unless it is settled."""
        self.error = self.error if self.settled else error

    def _check(self) -> None:
        # A unique index over an array does not compare the elements of one document with each other.
        if len(self.keys) != len(self.events):
            raise IntegrityError("one save holds two events of one version")
        if any(event_size(event) > LARGEST_EVENT_BYTES for event in self.events):
            raise DataError(f"an event is larger than {LARGEST_EVENT_BYTES} bytes: keep files in the file store")


class VersionTaken(IntegrityError):  # noqa: N818 - read as a sentence where it is raised
    """Another save has a version that this one was to have."""

    def __init__(self) -> None:
        super().__init__("the aggregate has this version already")


def recognise(saves: Sequence[Save], commit: Document) -> bool:
    """Settle those of the saves that a durable commit holds; tell whether there are any."""
    places = [(save, save.place_in(commit)) for save in saves if not save.settled]
    found = [(save, first) for save, first in places if first is not None]
    for save, first in found:
        save.succeed(first)
    return bool(found)


def new_token(saves: Sequence[Save]) -> bytes:
    """Return a random token for a commit, followed by those of the offers that it answers."""
    return os.urandom(TOKEN_BYTES) + b"".join(sorted({save.offer for save in saves if save.offer}))


def may_be_offered(saves: Sequence[Save]) -> bool:
    """Tell whether others may write these saves: none was tried before, and each event tells which of them it is of."""
    fresh = all(save.tracking is None and save.offer is None and not save.attempts for save in saves)
    small = len(saves) <= OFFERED_SAVES and sum(save.size for save in saves) <= OFFERED_BYTES
    return fresh and small and len(keys_of(saves)) == sum(len(save.events) for save in saves)


def key_of(event: StoredEvent) -> EventKey:
    """Return which version of which aggregate an event is."""
    return event.originator_id, event.originator_version


def keys_of(saves: Sequence[Save]) -> set[EventKey]:
    """Return which version of which aggregate the events of these saves are."""
    return {key_of(event) for save in saves for event in save.events}


def _offers_in(token: bytes) -> set[bytes]:
    return {token[at : at + TOKEN_BYTES] for at in range(TOKEN_BYTES, len(token), TOKEN_BYTES)}


def event_size(event: StoredEvent) -> int:
    """Return about how many bytes an event takes in a document."""
    return len(event.state) + len(event.topic) + EVENT_OVERHEAD_BYTES
