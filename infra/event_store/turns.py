"""Turns between processes of one machine that write to one log: a hint that saves lost races, never a promise."""

import fcntl
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep

CONTENDED_S, RACED_S = 1.0, 0.1
"""How long after a lost race other processes are taken to be writing still, and to be doing so out of turn."""
PATIENCE_S = 0.1
"""How long to wait for a turn before going without one: whoever has it may have been stopped."""
STOPPED_S = 1.0
"""How long after such a wait no turn is waited for."""
SLOW_GLANCE_S, QUICK_GLANCE_S = 0.0015, 0.0002


_MEMORY = Path("/dev/shm")  # noqa: S108 - what is in it is this user's, or is not used
_WORD_BYTES = 256


def shared_place() -> Path:
    """Return where the processes of this machine meet: in memory, if it has a place for that."""
    return _MEMORY if os.access(_MEMORY, os.W_OK) else Path(tempfile.gettempdir())


class Turn:
    """A turn that somebody has, and the word that goes with it from one to the next."""

    def __init__(self, file: int) -> None:
        self._file = file

    def word(self) -> bytes:
        """Return what was left with the turn, empty when nothing was."""
        return os.pread(self._file, _WORD_BYTES, 0)

    def leave(self, word: bytes) -> None:
        """Leave a word for who has the turn next, none where it cannot be written, such as where memory is full."""
        with suppress(OSError):
            os.ftruncate(self._file, 0)
            os.pwrite(self._file, word, 0)


class Turns:
    """A lock on a file that the processes of one user share; taken only while there are others who write."""

    def __init__(self, name: str, folder: Path | None = None) -> None:
        """Take turns with whoever uses the same name."""
        self._path = (folder or shared_place()) / f"{name}.{os.geteuid()}.turn"
        self._contended_until = 0.0
        self._raced_until = 0.0
        self._had_until = 0.0
        self._alone_until = 0.0

    @property
    def contended(self) -> bool:
        """Tell whether other processes are writing, as far as we know, with whom one can take turns."""
        return self._alone_until <= monotonic() < self._contended_until

    @property
    def raced(self) -> bool:
        """Tell whether others write whom we do not hear of, so that the head is where we believe it only by chance."""
        return monotonic() < self._raced_until

    def lost_a_race(self) -> None:
        """Remember that somebody else is writing, and not in turn with us."""
        self.met_others()
        self._raced_until = monotonic() + RACED_S

    def met_others(self) -> None:
        """Remember that others are writing."""
        self._contended_until = monotonic() + CONTENDED_S

    @contextmanager
    def turn(self) -> Iterator[Turn | None]:
        """Wait a moment until it is our turn, and have it for the time of the block; give None if we have none.

        Nobody needs a turn while nobody else writes, and where none can be had the block is run all the same.
        """
        file = self._open() if self.contended else None
        try:
            yield Turn(file) if file is not None and self._take(file) else None
        finally:
            if file is not None:
                os.close(file)  # gives the turn back
                self._had_until = monotonic()

    @contextmanager
    def turn_at_once(self) -> Iterator[Turn | None]:
        """Have the turn for the time of the block if nobody else has it; give None if somebody has."""
        file = self._open()
        try:
            yield Turn(file) if file is not None and _is_free(file) else None
        finally:
            if file is not None:
                os.close(file)

    def _open(self) -> int | None:
        try:
            file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError:
            return None  # such as where no file can be written
        if _is_ours_alone(file):
            return file
        os.close(file)
        return None

    def _take(self, file: int) -> bool:
        """Try again and again, the longer the more often, so that turns go round about in the order of waiting.

        Whoever had the last turn lets the others try first.
        """
        begun = monotonic()
        if begun > self._had_until + SLOW_GLANCE_S and _is_free(file):
            return True
        while (waited := monotonic() - begun) < PATIENCE_S:
            sleep(max(QUICK_GLANCE_S, SLOW_GLANCE_S - waited / 4))
            if _is_free(file):
                return True
        self._alone_until = monotonic() + STOPPED_S
        return False


def _is_ours_alone(file: int) -> bool:
    """Tell whether nobody but this user can have left a word in the file."""
    found = os.fstat(file)
    return found.st_uid == os.geteuid() and not found.st_mode & (stat.S_IRWXG | stat.S_IRWXO)


def _is_free(file: int) -> bool:
    """Lock the file, unless somebody else has it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
