"""The whole check: every service's log against the audit log, its own hash chain, and the audit log against its signatures."""

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from itertools import takewhile
from typing import Any, Protocol

from services.audit.log.checkpoint import Verifier
from services.audit.log.differences import AUDIT_LOG, Comparison, Difference, Kind
from services.audit.log.entries import Document, Entry
from services.audit.log.entry_page import PAGE, EntryPage, readable
from services.audit.log.leaf import Leaves
from services.audit.log.pledges import Kept, Pledge, Pledges
from services.audit.log.service_log import CommitSource, ServiceLog
from services.audit.log.shape import EntryShapes, astray, placed
from services.audit.log.soundness import Seen, Soundness

NOTHING_SIGNED, NO_WITNESS = "nothing_signed", "no_witness"
"""Why a log without any difference is unproven all the same."""

Progress = Callable[[int, int], None]
"""Hears how many entries of how many have been checked."""


Heard = Callable[[Mapping[int, str]], None]
"""Hears checkpoints that were checked, by the size of their tree, in order."""


class Answer(StrEnum):
    """What there is to say to "is the log intact?"."""

    INTACT = "intact"
    TAMPERED = "tampered"
    UNPROVEN = "unproven"


@dataclass(frozen=True, slots=True)
class Checked:
    """How far one service's log was checked: its commits, its events, and those that have not arrived yet."""

    service: str
    commits: int
    events: int
    head: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer to "is the log intact?": what was checked, the first differences, and what could not be known."""

    size: int
    root: bytes
    services: tuple[Checked, ...]
    differences: tuple[Difference, ...]
    total: int
    unproven: tuple[str, ...] = ()

    @property
    def answer(self) -> Answer:
        """Tell what is certain; intact only where nothing is wrong and nothing lacks."""
        if self.differences:
            return Answer.TAMPERED
        return Answer.UNPROVEN if self.unproven else Answer.INTACT


class StoredLog(Protocol):
    """The audit log to read, as `EntryLog` does."""

    def size(self) -> int:
        """Return how many entries there are."""

    def signed(self) -> int:
        """Return the size of the largest tree that was signed."""

    def stored(self, after: Any, limit: int) -> Sequence[Document]:
        """Return at most `limit` entries whose keys follow, damaged ones too, as they are stored."""

    def astray(self) -> bool:
        """Tell whether something stands where no index is."""


@dataclass(frozen=True, slots=True)
class Stored:
    """Everything that is read: the audit log, every service's log, and the keys that tell which checkpoints are genuine."""

    entries: StoredLog
    services: Mapping[str, CommitSource]
    keys: Verifier


class Reading:
    """One reading of everything from the beginning. It can go on when the logs have grown.

    It trusts nothing but the log's public keys and what was kept outside the database. `plainly` checks entry by entry
    and commit by commit, as is done wherever something is wrong.
    """

    def __init__(
        self,
        stored: Stored,
        kept: Kept,
        seen: Seen,
        *,
        plainly: bool = False,
        heard: Heard = lambda _: None,
    ) -> None:
        self._heard = heard
        self._log = stored.entries
        self._kept = kept
        self._pledges = Pledges(kept)
        # The size is fixed before the logs are read: every event of an entry below it is in its service's log.
        self.signed = self._log.signed()
        self._logs = {name: ServiceLog(name, source, plainly=plainly) for name, source in stored.services.items()}
        self._compared = {service: Comparison(service, log) for service, log in self._logs.items()}
        self._soundness = Soundness(stored.keys, seen)
        self._plainly = plainly
        self._shapes = EntryShapes()
        self._found = [*kept.wrong, *_astray(stored)]
        self._last = -1
        self._after: Any = -1

    @property
    def size(self) -> int:
        """How many entries have been read."""
        return self._soundness.due

    @property
    def root(self) -> bytes:
        """The root of the largest tree whose checkpoint was read."""
        return self._soundness.root

    @property
    def found(self) -> int:
        """How many differences have been seen by now."""
        compared = sum(comparison.total for comparison in self._compared.values())
        broken = sum(len(log.broken) for log in self._logs.values())
        return len(self._found) + self._soundness.found + compared + broken

    def audited(self, service: str) -> int:
        """Return up to which position a service's events have been compared."""
        return self._compared[service].last_audited

    def look_again(self) -> None:
        """Go on to what has been signed meanwhile."""
        self.signed = max(self.signed, self._log.signed())

    def step(self) -> bool:
        """Read the next page of what is signed; False at its end."""
        with _without_looking_for_cycles():
            return self._step()

    def _step(self) -> bool:
        stored = self._stored()
        documents = placed(stored)
        if len(documents) < len(stored):
            self._found += [Difference(AUDIT_LOG, place, Kind.INSERTED) for place in astray(stored, self._last)]
        if not documents:
            return bool(stored)
        begin, self._last = self._last + 1, documents[-1]["_id"]
        page = None if self._plainly else EntryPage.of(documents, begin)
        pledged = self._pledges.up_to(self._last + 1)
        self._found += self._pledges.lost(pledged, _notes(documents))
        self._found += [Difference(AUDIT_LOG, index, Kind.CHANGED) for index in self._shapes.misshapen(documents)]
        if page is not None and self._soundness.takes(page, pledged):
            self._heard(page.notes)
        else:
            self._take_one_by_one(documents, pledged, compare=page is None)
        if page is not None:
            self._compare(page, documents)
        return True

    def outcome(self) -> Outcome:
        """Return what was found by now. Nothing is hidden by what is wrong before it, or counted twice."""
        beyond = self._pledges.last_of_each()
        own = [*self._found, *self._soundness.finish(self._log.size(), beyond)]
        ahead = {service: log.ahead() for service, log in self._logs.items()}
        compared = {
            service: comparison.finish(ahead.get(service, _NoEvents()))
            for service, comparison in self._compared.items()
        }
        checked = tuple(
            Checked(service, log.commits, log.events, log.head, compared[service].waiting)
            for service, log in ahead.items()
        )
        found = [difference for each in compared.values() for difference in each.differences]
        differences = (*own, *_joined(found, [broken for log in ahead.values() for broken in log.broken]))
        unkept = sum(each.total for each in compared.values()) - len(found)
        total = len(differences) + max(unkept, 0)
        return Outcome(self.size, self.root, checked, differences, total, self._unproven())

    def _stored(self) -> Sequence[Document]:
        """Return the next page of what is signed, with everything that somebody has put in between."""
        stored = self._log.stored(self._after, PAGE) if self._last + 1 < self.signed else ()
        signed: Sequence[Document] = stored
        if (among := placed(stored)) and (among is not stored or among[-1]["_id"] >= self.signed):
            unsigned = next((each["_id"] for each in among if each["_id"] >= self.signed), None)
            signed = list(takewhile(lambda each: each["_id"] is not unsigned, stored))
        self._after = signed[-1]["_id"] if signed else self._after
        return signed

    def _unproven(self) -> tuple[str, ...]:
        if self.size == 0:
            return (NOTHING_SIGNED,)
        return (NO_WITNESS, *self._kept.lacking) if self._kept.nothing else tuple(self._kept.lacking)

    def _take_one_by_one(self, documents: Sequence[Document], pledged: Sequence[Pledge], *, compare: bool) -> None:
        for document in documents:
            entry = readable(document)
            if entry is None:
                self._soundness.unreadable(document["_id"])
                continue
            due = [each for each in pledged if each.size == entry.index + 1]
            if self._soundness.take(entry, due) and compare:
                self._audited(entry)

    def _compare(self, page: EntryPage, documents: Sequence[Document]) -> None:
        """Compare each run of one service's entries with its events."""
        for service, run in page.runs():
            comparison = self._compared.get(service)
            if comparison is None or not comparison.agrees(page.parts[run], page.hashes[run]):
                for document in documents[run]:
                    self._audited(Entry.from_document(document))

    def _audited(self, entry: Entry) -> None:
        service = entry.leaf.service
        if service not in self._compared:
            self._compared[service] = Comparison(service, _NoEvents())
        sound = self._soundness.leaf(entry)
        self._compared[service].audited(entry.leaf, entry.leaf_hash, sound=sound)


class Verification:
    """Reads everything once, now."""

    def __init__(self, stored: Stored) -> None:
        self._stored = stored

    def run(self, kept: Kept, progress: Progress, *, plainly: bool = False) -> Outcome:
        """Check all that is signed by now; events and entries that arrive meanwhile are left to the next time."""
        reading = Reading(self._stored, kept, Seen(self._stored.keys), plainly=plainly)
        progress(0, reading.signed)
        while reading.step():
            progress(reading.size, reading.signed)
        return reading.outcome()


class _NoEvents:
    """The log of a service that nobody knows."""

    def following(self) -> Leaves:
        """Return nothing."""
        return Leaves([], [])


@contextmanager
def _without_looking_for_cycles() -> Iterator[None]:
    """A page makes many objects and no cycles: looking for them takes a sixteenth of the time."""
    looks = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if looks:
            gc.enable()


def _astray(stored: Stored) -> list[Difference]:
    """Return in which logs something stands at no place; it is told at the place before the first."""
    own = [Difference(AUDIT_LOG, -1, Kind.INSERTED)] if stored.entries.astray() else []
    return own + [Difference(name, 0, Kind.INSERTED) for name, log in stored.services.items() if log.astray()]


def _notes(documents: Sequence[Document]) -> dict[int, str]:
    return {document["_id"] + 1: document["checkpoint"] for document in documents if "checkpoint" in document}


def _joined(compared: Sequence[Difference], broken: Sequence[Difference]) -> list[Difference]:
    """Return one difference a position: what cannot be read, else what the comparison says, else the broken chain."""
    by_position = {(d.log, d.position): d for d in broken}
    by_position |= {(d.log, d.position): d for d in compared}
    by_position |= {(d.log, d.position): d for d in broken if d.kind is Kind.UNREADABLE}
    return sorted(by_position.values())
