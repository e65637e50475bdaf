"""Folders elsewhere that keep every checkpoint too; each is written beside everything else, for it may never answer."""

from collections.abc import Mapping, Sequence
from threading import Event, Thread
from time import monotonic

from infra.logs import get_logger
from services.audit.log.journal import Journal
from services.audit.log.witnesses import EMPTY, UNREACHABLE, Remembered, look

_PATIENCE_S = 15.0

log = get_logger("monitor")


class Elsewhere:
    """One folder: brings it what the journal here has and it has not. Stands still, alone, while the folder does."""

    def __init__(self, here: Journal, there: Journal, known: int) -> None:
        self._here = here
        self._there = there
        self._known = known
        self._looked_at = monotonic()
        self._found = Remembered(there.place, None, UNREACHABLE)
        self._told = ""

    def remembered(self) -> Remembered:
        """Return what is kept there, as of a moment ago."""
        if monotonic() - self._looked_at > _PATIENCE_S:
            return Remembered(self._there.place, None, UNREACHABLE)
        return self._found

    def look(self) -> None:
        """Look once, and bring what lacks."""
        found = self._look()
        if not found.problem and self._may_bring(found):
            try:
                self._there.append(self._here.after(found.size))
                found = self._look()
            except OSError:
                found = Remembered(found.place, found.last, UNREACHABLE)
        self._known = max(self._known, found.size)
        self._found, self._looked_at = found, monotonic()
        self._tell(found.problem)

    def follow(self, stop: Event, every_s: float) -> None:
        """Look again and again in a thread of its own, until told to stop; a folder that stands still is left behind."""

        def run() -> None:
            while not stop.is_set():
                self.look()
                stop.wait(every_s)

        Thread(target=run, name=f"witness {self._there.place}", daemon=True).start()

    def _look(self) -> Remembered:
        """Look; that nothing is there matters only where something was."""
        found = look(self._there)
        return Remembered(found.place, None) if found.problem == EMPTY and not self._known else found

    def _may_bring(self, found: Remembered) -> bool:
        """Tell whether the end there is known here: behind a checkpoint that is not ours nothing is hidden."""
        if found.last is None:
            return True
        known = next(self._here.after(found.size - 1), None)
        return known is not None and known.note == found.last.note

    def _tell(self, problem: str) -> None:
        if problem != self._told:
            self._told = problem
            say = log.warning if problem else log.info
            say("witness_away" if problem else "witness_back", place=self._there.place, problem=problem)


def all_of(here: Journal, there: Sequence[Journal], known: Mapping[str, int]) -> list[Elsewhere]:
    """Return one for each folder; `known` is up to where each was seen to remember."""
    return [Elsewhere(here, journal, known.get(journal.place, 0)) for journal in there]
