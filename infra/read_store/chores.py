"""Work that nobody waits for, done from time to time by a process that has nothing better to do."""

from collections.abc import Callable
from datetime import timedelta
from time import monotonic

from infra.kernel.clock import Clock, system_clock
from infra.logs import get_logger
from infra.read_store.files import Files

_EVERY_S = 3600.0
_UPLOADS_LAST = timedelta(days=1)
"""No upload takes so long; what is older and not whole was left behind by a process that was killed."""

log = get_logger("chores")


class FromTimeToTime:
    """Does something at the first look, and after that at the first look in each hour."""

    def __init__(self, do: Callable[[], object], clock: Callable[[], float] = monotonic) -> None:
        self._do = do
        self._clock = clock
        self._due = clock()

    def look(self) -> None:
        """Do it if it is time; what fails is tried again at the next look."""
        if self._clock() >= self._due:
            self._do()
            self._due = self._clock() + _EVERY_S


def sweeping(files: Files, clock: Clock = system_clock) -> Callable[[], None]:
    """Return how to delete what killed processes have left of uploads."""

    def sweep() -> None:
        swept = files.sweep(clock() - _UPLOADS_LAST)
        if swept:
            log.info("uploads_swept", count=swept)

    return sweep
