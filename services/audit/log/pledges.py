"""Checkpoints kept outside the database: what the log once promised, to be held against what it is now."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import merge
from operator import attrgetter

from services.audit.log.checkpoint import Checkpoint, Unproven, Verifier
from services.audit.log.differences import WITNESS, Difference, Kind

_size = attrgetter("size")


@dataclass(frozen=True, slots=True)
class Pledge:
    """A checkpoint as some place has kept it; its size is what the note claims, nothing here says that it is genuine."""

    place: str
    size: int
    note: str

    @classmethod
    def of(cls, place: str, note: str) -> "Pledge":
        """Take a note; raises `Unproven` when it is no checkpoint at all, or one that says nothing."""
        size = Checkpoint.parse(note.rpartition("\n\n")[0] + "\n").size
        if size == 0:
            raise Unproven("a tree of no entries, which the log never signs")
        return cls(place, size, note)

    def checkpoint(self, keys: Verifier) -> Checkpoint | None:
        """Return what it promises; None when the log has not signed it."""
        try:
            return keys.checkpoint(self.note)
        except Unproven:
            return None

    def told(self, kind: Kind) -> Difference:
        """Return what is wrong with it as a difference."""
        return Difference(f"{WITNESS}:{self.place}", self.size, kind)


@dataclass(frozen=True, slots=True)
class Kept:
    """Everything that all places have kept, taken before the log is looked at.

    `latest` are single checkpoints; `journal` is every checkpoint of a span of sizes, in order, as one place holds it,
    so that none of that span may be absent from it. `wrong` is what could be seen without the log.
    """

    latest: Sequence[Pledge] = ()
    journal: Iterable[Pledge] = ()
    span: range = range(0)
    wrong: Sequence[Difference] = ()
    lacking: Sequence[str] = ()
    """Why these are not all that there should be, as codes."""

    @property
    def nothing(self) -> bool:
        """Tell whether nobody outside the database remembers anything."""
        return not self.latest and not self.span


@dataclass
class Pledges:
    """Gives what was kept in the order of size, as the log is read."""

    kept: Kept
    _next: Pledge | None = None
    _rest: Iterator[Pledge] = field(init=False)

    def __post_init__(self) -> None:
        """Begin with the smallest."""
        self._rest = merge(sorted(self.kept.latest, key=_size), self.kept.journal, key=_size)
        self._next = next(self._rest, None)

    def up_to(self, size: int) -> list[Pledge]:
        """Take those that are due with a tree of this size, smallest first."""
        due = []
        while self._next is not None and self._next.size <= size:
            due.append(self._next)
            self._next = next(self._rest, None)
        return due

    def lost(self, due: Sequence[Pledge], notes: dict[int, str]) -> list[Difference]:
        """Return which of the checkpoints found in the log are absent from the journal, though of its span."""
        journal = self.kept.span
        known = {pledge.size for pledge in due}
        gone = (size for size in notes if size in journal and size not in known)
        return [Pledge("journal", size, "").told(Kind.LOST) for size in gone]

    def last_of_each(self) -> list[Pledge]:
        """Take all the rest; return the largest of each place."""
        last: dict[str, Pledge] = {}
        while self._next is not None:
            last[self._next.place] = self._next
            self._next = next(self._rest, None)
        return list(last.values())
