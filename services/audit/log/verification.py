"""The whole check: every service's log against the audit log, its own hash chain, and the audit log against its signatures."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from services.audit.log.checkpoint import Checkpoint, Verifier
from services.audit.log.differences import Comparison, Difference, Kind
from services.audit.log.entries import Document, Entry, EntryLog
from services.audit.log.service_log import DAMAGE, CommitSource, ServiceLog
from services.audit.log.soundness import Soundness

_TELL_EVERY = 1_000

Progress = Callable[[int, int], None]
"""Hears how many entries of how many have been checked."""


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
    """The answer to "is the log intact?": what was checked, and the first differences, if any."""

    size: int
    root: bytes
    services: tuple[Checked, ...]
    differences: tuple[Difference, ...]
    total: int

    @property
    def intact(self) -> bool:
        """Tell whether everything is as it was written."""
        return not self.differences


class Verification:
    """Reads everything once and trusts nothing but the log's public key and the witness."""

    def __init__(self, log: EntryLog, sources: Mapping[str, CommitSource], verifier: Verifier) -> None:
        self._log = log
        self._sources = sources
        self._verifier = verifier

    def run(self, witness: Checkpoint | None, progress: Progress) -> Outcome:
        """Check all that is signed by now; events and entries that arrive meanwhile are left to the next time."""
        latest = self._log.latest_checkpoint()
        size = 0 if latest is None else latest[0]
        # The logs are opened after the size is fixed: every event of an entry below it is in its service's log.
        logs = {service: ServiceLog(service, source) for service, source in self._sources.items()}
        compared = {service: Comparison(service, log.leaves()) for service, log in logs.items()}
        soundness = Soundness(self._verifier, witness)
        for index, entry in enumerate(self._entries(size)):
            _take(entry, soundness, compared)
            if index % _TELL_EVERY == 0:
                progress(index, size)
        own = soundness.finish(self._log.size())
        found = [difference for comparison in compared.values() for difference in comparison.finish()]
        progress(size, size)
        differences = (*own, *_joined(found, [broken for log in logs.values() for broken in log.broken]))
        unkept = sum(comparison.total for comparison in compared.values()) - len(found)
        checked = tuple(_checked(logs[service], compared[service]) for service in logs)
        return Outcome(size, soundness.root, checked, differences, len(differences) + max(unkept, 0))

    def _entries(self, size: int) -> Iterator[Entry | None]:
        """Go through the signed entries; None stands for one that cannot be read."""
        for document in self._log.documents():
            if document["_id"] >= size:
                return
            yield _readable(document)


def _take(entry: Entry | None, soundness: Soundness, compared: dict[str, Comparison]) -> None:
    if entry is None:
        soundness.unreadable()
        return
    sound, service = soundness.take(entry), entry.leaf.service
    if service not in compared:
        compared[service] = Comparison(service, ())
    compared[service].audited(entry.leaf, entry.leaf_hash, sound=sound)


def _readable(document: Document) -> Entry | None:
    """Return the entry that a document holds, or None when it is none: whoever tampers may store anything."""
    try:
        entry = Entry.from_document(document)
    except DAMAGE:
        return None
    hashes = (entry.leaf.state_hash, entry.leaf_hash, *entry.nodes)
    whole = type(entry.leaf.position) is int and all(type(each) is bytes for each in hashes)
    return entry if whole else None


def _checked(log: ServiceLog, comparison: Comparison) -> Checked:
    return Checked(log.service, log.commits, log.events, log.head, comparison.waiting)


def _joined(compared: Sequence[Difference], broken: Sequence[Difference]) -> list[Difference]:
    """Return one difference a position: what cannot be read, else what the comparison says, else the broken chain."""
    by_position = {(d.log, d.position): d for d in broken}
    by_position |= {(d.log, d.position): d for d in compared}
    by_position |= {(d.log, d.position): d for d in broken if d.kind is Kind.UNREADABLE}
    return sorted(by_position.values())
