"""How what a service's log holds differs from what the audit log knows, told position by position."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Protocol

from services.audit.log.leaf import Leaf, Leaves, Parts

MOST_KEPT = 1_000
"""So many differences of one log are told apart; more of them are only counted."""

AUDIT_LOG = "audit-log"
"""Stands for the audit log itself where differences are told; its positions are indexes of entries."""

WITNESS = "witness"
"""Stands for checkpoints kept outside the database: `witness:` and their place; positions are sizes of the tree."""


class Kind(StrEnum):
    """What was done to a log."""

    CHANGED = "changed"
    MISSING = "missing"
    SWAPPED = "swapped"
    INSERTED = "inserted"
    TRUNCATED = "truncated"
    UNREADABLE = "unreadable"
    UNCHAINED = "unchained"
    """A commit and its hash, or the hash of the commit before it, do not fit together."""
    UNSIGNED = "unsigned"
    """The entries from `position` to `until` are not those that were signed."""
    UNSEALED = "unsealed"
    """The checkpoint that stood with an entry is gone."""
    FORGED = "forged"
    """A checkpoint kept outside the database is none that the log has signed."""
    LOST = "lost"
    """A checkpoint that was kept outside the database is gone."""


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """Something is not as it was written: in which log, at which position, and what was done to it.

    `until` is the other position of two that were swapped, or the last one where several are concerned.
    """

    log: str
    position: int
    kind: Kind
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A position at which another event stands than the one that the audit log knows."""

    position: int
    expected: tuple[object, ...]
    found: tuple[object, ...]


class Events(Protocol):
    """A service's log, read in order, as `ServiceLog` does."""

    def following(self) -> Leaves:
        """Return the next events; none where the log ends now."""


class Comparison:
    """Compares the events of one service with the entries of the audit log, both in order, in one pass.

    Only differences are kept, so that a log of any length is compared in the same memory; and it can go on when both
    logs have grown. `last_audited` is the position of the last entry taken.
    """

    def __init__(self, service: str, events: Events) -> None:
        self._service = service
        self._events = events
        self._ahead = Leaves([], [])
        self._at = 0
        self._changes: list[Change] = []
        self._found: list[Difference] = []
        self.last_audited = 0
        self.total = 0

    def agrees(self, parts: Sequence[Parts], hashes: Sequence[bytes]) -> bool:
        """Take entries of this service at once if exactly these events stand there; else take nothing."""
        while len(self._ahead.parts) - self._at < len(parts) and self._read_on():
            pass
        end = self._at + len(parts)
        if self._ahead.hashes[self._at : end] != hashes or self._ahead.parts[self._at : end] != parts:
            return False
        self._at, self.last_audited = end, parts[-1][1]
        return True

    def audited(self, leaf: Leaf, leaf_hash: bytes, *, sound: bool) -> None:
        """Take the next entry of this service, by its parts and the hash that the tree holds of it.

        `sound` says that the hash is that of the parts. Where it is not, the hash is believed: the tree is signed.
        """
        self.last_audited = leaf.position
        while (event := self._next()) is not None and event.position < leaf.position:
            self._tell(event.position, Kind.INSERTED)
            self._at += 1
        if event is None:
            self._tell(leaf.position, Kind.TRUNCATED)
        elif event.position > leaf.position:
            self._tell(leaf.position, Kind.MISSING)
        else:
            if not (sound and event == leaf) and self._ahead.hashes[self._at] != leaf_hash:
                self._tell_change(Change(leaf.position, leaf.content, event.content))
            self._at += 1

    def finish(self, rest: Events) -> "Compared":
        """Return what was found by now; `rest` gives the events that were not read yet.

        Events after the last one audited have not arrived yet: they are counted as waiting, not as differences.
        """
        waiting, inserted = 0, []
        parts = self._ahead.parts[self._at :] or rest.following().parts
        while parts:
            late = [each[1] for each in parts if each[1] <= self.last_audited]
            waiting += len(parts) - len(late)
            inserted += [Difference(self._service, position, Kind.INSERTED) for position in late]
            parts = rest.following().parts
        differences = sorted([*self._found, *inserted[:MOST_KEPT], *named(self._service, self._changes)])
        return Compared(differences, self.total + len(inserted), waiting)

    def _next(self) -> Leaf | None:
        if self._at == len(self._ahead.parts) and not self._read_on():
            return None
        return Leaf._make(self._ahead.parts[self._at])

    def _read_on(self) -> bool:
        """Read further events behind those not compared yet; tell whether there are any."""
        more = self._events.following()
        rest = slice(self._at, None)
        self._ahead = Leaves(self._ahead.parts[rest] + more.parts, self._ahead.hashes[rest] + more.hashes)
        self._at = 0
        return bool(more.parts)

    def _tell(self, position: int, kind: Kind) -> None:
        self.total += 1
        if len(self._found) < MOST_KEPT:
            self._found.append(Difference(self._service, position, kind))

    def _tell_change(self, change: Change) -> None:
        self.total += 1
        if len(self._changes) < MOST_KEPT:
            self._changes.append(change)


@dataclass(frozen=True, slots=True)
class Compared:
    """What a comparison has found: its differences by position, how many there are in all, and events not audited yet."""

    differences: list[Difference]
    total: int
    waiting: int


def named(log: str, changes: Sequence[Change]) -> Iterator[Difference]:
    """Tell what was done where events stand that do not belong there.

    Two that stand in each other's place were swapped. Where from one position on every event stands one further than
    it should, one was inserted there; one earlier, one is missing there. Everything else was changed.
    """
    expected_at = {change.expected: change for change in changes}
    shifted = _shifted(changes)
    for change in changes:
        other = expected_at.get(change.found)
        if change.position in shifted:
            kind = shifted[change.position]
            if kind is not None:
                yield Difference(log, change.position, kind)
        elif other is not None and other is not change and other.found == change.expected:
            if change.position < other.position:
                yield Difference(log, change.position, Kind.SWAPPED, other.position)
        else:
            yield Difference(log, change.position, Kind.CHANGED)


def _shifted(changes: Sequence[Change]) -> dict[int, Kind | None]:
    """Return where a run of shifted events begins, with what was done there, and None for the rest of the run."""
    kinds: dict[int, Kind | None] = {}
    for one, following in pairwise(changes):
        kind = _shift(one, following)
        if kind is not None:
            kinds.setdefault(one.position, kind)
            kinds[following.position] = None
    return kinds


def _shift(one: Change, following: Change) -> Kind | None:
    later, earlier = following.found == one.expected, one.found == following.expected
    if following.position != one.position + 1 or later == earlier:
        return None  # apart, unrelated, or two neighbours that were swapped
    return Kind.INSERTED if later else Kind.MISSING
