"""From saves to a commit: what would be appended, were the log's head where we believe it is."""

import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from time import monotonic

from eventsourcing.persistence import IntegrityError, StoredEvent

from infra.event_store.commit import GENESIS, Commit, Handled, LogEntry, as_document, sealed
from infra.event_store.connection import Document
from infra.event_store.saving import Attempt, EventKey, Save, event_size, new_token

DOCUMENT_BYTES = 12 * 1024 * 1024
"""A save larger than this goes into several commits, in one transaction."""
WORD_KEEPS_S = 1.0
"""How long a head is passed on: longer than that nobody waits for a turn."""
_WORD = struct.Struct(">24sdQ32s")


@dataclass(slots=True)
class Head:
    """Where the next commit goes: its position, the hash before it, and the upstream positions handled so far.

    `durable`: what is before it can no longer vanish.
    """

    position: int = 1
    previous: bytes = GENESIS
    durable: bool = True
    handled: dict[str, int | None] = field(default_factory=dict)

    def after(self, commit: Commit) -> "Head":
        """Return the head once the commit is durably in the log."""
        handled = self.handled
        if commit.handled is not None:
            handled = handled | {commit.handled.upstream: commit.handled.position}
        return Head(commit.last + 1, commit.hash, handled=handled)


def as_word(head: Head | None, server: str) -> bytes:
    """Spell a durable head for another process that writes to the same server process now; empty if it is not one."""
    if head is None or not head.durable:
        return b""
    return _WORD.pack(server.encode(), monotonic(), head.position, head.previous)


def from_word(word: bytes, server: str) -> Head | None:
    """Return the head that was spelled a moment ago, None when this is no such word."""
    if len(word) != _WORD.size:
        return None
    place, at, position, previous = _WORD.unpack(word)
    is_new = 0 <= monotonic() - at <= WORD_KEEPS_S
    return Head(position, previous) if place == server.encode() and is_new else None


@dataclass(frozen=True, slots=True)
class Draft:
    """Saves as the documents that would store them, which bear a random token, and the heads before and after."""

    saves: list[Save]
    before: Head
    documents: list[Document]
    after: Head
    token: bytes

    def succeed(self) -> None:
        """Settle the saves: they are in the log."""
        for save, first in self._placed():
            save.succeed(first)

    def doubt(self) -> None:
        """Remember that the saves may be in the log."""
        for save, first in self._placed():
            save.attempts.append(Attempt(self.before.position, self.token, first))

    def save_of(self, key: EventKey) -> Save:
        """Return the save that has this version of this aggregate."""
        return next(save for save in self.saves if key in save.keys)

    def _placed(self) -> Iterator[tuple[Save, int]]:
        first = self.before.position
        for save in self.saves:
            yield save, first
            first += len(save.events)


class Drafter:
    """Puts as many saves into one commit as may stand in one; asks what was handled, and which saves came late.

    A save came late if it is in the log after all, while it was in doubt.
    """

    def __init__(self, handled_up_to: Callable[[str], int | None], came_late: Callable[[Save], bool]) -> None:
        self._handled_up_to = handled_up_to
        self._came_late = came_late

    def draft(self, saves: Sequence[Save], head: Head) -> Draft | None:
        """Return a draft of the first saves, or None when none of them is to be written.

        A save whose upstream position was handled before, and not by itself, is settled here, with an `IntegrityError`.
        """
        group = _Group()
        for save in saves:
            if not group.takes(save):
                break
            try:
                group.add(save, *self._handled(save, head))
            except IntegrityError as error:
                if not self._came_late(save):
                    save.error = error
        return group.draft(head) if group.saves else None

    def _handled(self, save: Save, head: Head) -> tuple[Handled | None, int | None]:
        if save.tracking is None:
            return None, None
        handled = Handled(save.tracking.application_name, save.tracking.notification_id)
        if handled.upstream not in head.handled:
            head.handled[handled.upstream] = self._handled_up_to(handled.upstream)
        before = head.handled[handled.upstream]
        if before is not None and handled.position <= before:
            raise IntegrityError(f"{handled.upstream}/{handled.position} was handled before")
        return handled, before


class _Group:
    """Saves that go into one commit: no version twice, one handled upstream position; a very large save goes alone."""

    def __init__(self) -> None:
        self.saves: list[Save] = []
        self._keys: set[EventKey] = set()
        self._handled: tuple[Handled | None, int | None] = (None, None)
        self._size = 0

    def takes(self, save: Save) -> bool:
        if not self.saves:
            return True
        fits = self._size + save.size <= DOCUMENT_BYTES
        return fits and self._keys.isdisjoint(save.keys) and (save.tracking is None or self._handled[0] is None)

    def add(self, save: Save, handled: Handled | None, handled_before: int | None) -> None:
        self.saves.append(save)
        self._keys |= save.keys
        self._size += save.size
        if handled is not None:
            self._handled = handled, handled_before

    def draft(self, head: Head) -> Draft:
        before, documents, token = head, [], new_token(self.saves)
        handled, handled_before = self._handled
        for part in _parts([event for save in self.saves for event in save.events]):
            entries = [
                LogEntry(head.position + i, e.originator_id, e.originator_version, e.topic, e.state)  # type: ignore[arg-type]
                for i, e in enumerate(part)
            ]
            commit = sealed(head.position, entries, handled, head.previous)
            documents.append(as_document(commit, token, handled_before))
            head, handled = head.after(commit), None
        return Draft(self.saves, before, documents, head, token)


def _parts(events: Sequence[StoredEvent]) -> Iterator[list[StoredEvent]]:
    part: list[StoredEvent] = []
    size = 0
    for event in events:
        if part and size + event_size(event) > DOCUMENT_BYTES:
            yield part
            part, size = [], 0
        part.append(event)
        size += event_size(event)
    yield part
