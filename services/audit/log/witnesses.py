"""All places outside the database that remember checkpoints: the witness file, the journal beside it, and folders elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.audit.log.checkpoint import Unproven
from services.audit.log.differences import WITNESS, Difference, Kind
from services.audit.log.journal import Journal
from services.audit.log.pledges import Kept, Pledge
from services.audit.log.verification import NO_WITNESS
from services.audit.log.witness import Witness

CHECKPOINT, JOURNAL = "checkpoint", "journal"
"""The places beside the log's own processes."""

WITNESS_UNREADABLE = "witness_unreadable"
"""Why a log is unproven: the witness file is there, but this process may not read it."""

UNREACHABLE, EMPTY = "unreachable", "empty"
"""What may be the matter with a folder elsewhere: it cannot be read, or nothing that it has kept is there."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """What a place keeps now: its last checkpoint, or what is the matter with it."""

    place: str
    last: Pledge | None
    problem: str = ""

    @property
    def size(self) -> int:
        """The size of the last checkpoint; 0 where there is none."""
        return 0 if self.last is None else self.last.size


@dataclass(frozen=True, slots=True)
class Witnesses:
    """Reads what is kept. `far` are the journals in folders elsewhere; each may be away."""

    file: Witness
    journal: Journal
    far: Sequence[Journal]

    def look_far(self) -> list[Remembered]:
        """Return what is kept elsewhere."""
        return [look(journal) for journal in self.far]

    def kept(self, elsewhere: Sequence[Remembered], known: Mapping[str, int] | None = None) -> Kept:
        """Return all that is kept, taken now.

        `known` says how large a tree each place has been seen to remember: what is smaller now was taken away.
        """
        known = known or {}
        latest, wrong, lacking = _from_file(self.file, known.get(CHECKPOINT, 0))
        last = self.journal.last()
        first = next(self.journal.after(), None)
        span = range(first.size, last.size + 1) if first and last else range(0)
        for here in (Remembered(JOURNAL, last), *elsewhere):
            before = known.get(here.place, 0)
            if here.size < before and not here.problem:
                wrong.append(Pledge(here.place, before, "").told(Kind.LOST))
        latest += [each.last for each in elsewhere if each.last is not None]
        return Kept(latest, self.journal.after(), span, wrong, lacking)


def look(journal: Journal) -> Remembered:
    """Return what a journal elsewhere keeps now."""
    try:
        last = journal.last()
        return Remembered(journal.place, last, "" if last else EMPTY)
    except OSError:
        return Remembered(journal.place, None, UNREACHABLE)


def far_journals(folders: str, name: str) -> list[Journal]:
    """Return the journals of the log `name` in folders that stand in a setting, separated by commas."""
    file = f"{name.replace('/', '-')}.checkpoints"
    return [Journal(Path(folder.strip()) / file, folder.strip()) for folder in folders.split(",") if folder.strip()]


def _from_file(file: Witness, known: int) -> tuple[list[Pledge], list[Difference], list[str]]:
    """Return what the witness file pledges, what is wrong with it, and what lacks."""
    try:
        note = file.note()
    except OSError:
        return [], [], [WITNESS_UNREADABLE]
    if note is None:
        gone = [Pledge(CHECKPOINT, known, "").told(Kind.LOST)] if known else []
        return [], gone, [NO_WITNESS]
    try:
        pledge = Pledge.of(CHECKPOINT, note)
    except Unproven:
        return [], [Difference(f"{WITNESS}:{CHECKPOINT}", known, Kind.FORGED)], []
    older = [pledge.told(Kind.LOST)] if pledge.size < known else []
    return [pledge], older, []
