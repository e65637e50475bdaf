"""How what a service's log holds differs from what the audit log knows, told position by position."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from services.audit.log.leaf import Leaf

MOST_KEPT = 1_000
"""So many differences of one log are told apart; more of them are only counted."""

AUDIT_LOG = "audit-log"
"""Stands for the audit log itself where differences are told; its positions are indexes of entries."""


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


class Comparison:
    """Compares the events of one service with the entries of the audit log, both in order, in one pass.

    Only differences are kept, so that a log of any length is compared in the same memory.
    """

    def __init__(self, service: str, events: Iterable[Leaf]) -> None:
        self._service = service
        self._events = iter(events)
        self._next = next(self._events, None)
        self._changes: list[Change] = []
        self._found: list[Difference] = []
        self._last_audited = 0
        self.total = 0
        self.waiting = 0

    def audited(self, leaf: Leaf, leaf_hash: bytes, *, sound: bool) -> None:
        """Take the next entry of this service, by its parts and the hash that the tree holds of it.

        `sound` says that the hash is that of the parts. Where it is not, the hash is believed: the tree is signed.
        """
        self._last_audited = leaf.position
        while self._next is not None and self._next.position < leaf.position:
            self._tell(self._next.position, Kind.INSERTED)
            self._advance()
        if self._next is None:
            self._tell(leaf.position, Kind.TRUNCATED)
        elif self._next.position > leaf.position:
            self._tell(leaf.position, Kind.MISSING)
        else:
            if not (sound and self._next == leaf) and self._next.hash != leaf_hash:
                self._tell_change(Change(leaf.position, leaf.content, self._next.content))
            self._advance()

    def finish(self) -> list[Difference]:
        """Take the end of the audit log; return the differences by position.

        Events after the last one audited have not arrived yet: they are counted as waiting, not as differences.
        """
        while self._next is not None:
            if self._next.position > self._last_audited:
                self.waiting += 1
            else:
                self._tell(self._next.position, Kind.INSERTED)
            self._advance()
        return sorted([*self._found, *named(self._service, self._changes)])

    def _advance(self) -> None:
        self._next = next(self._events, None)

    def _tell(self, position: int, kind: Kind) -> None:
        self.total += 1
        if len(self._found) < MOST_KEPT:
            self._found.append(Difference(self._service, position, kind))

    def _tell_change(self, change: Change) -> None:
        self.total += 1
        if len(self._changes) < MOST_KEPT:
            self._changes.append(change)


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
