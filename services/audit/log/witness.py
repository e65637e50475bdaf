"""The last checkpoint, kept in a file outside the database: who cuts off or rewrites the log there is found out here."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.whole_file import write_whole
from services.audit.log.checkpoint import Checkpoint, Unproven, Verifier


class Witness:
    """Remembers the latest checkpoint that the log has signed."""

    def __init__(self, path: Path, verifier: Verifier) -> None:
        self._path = path
        self._verifier = verifier

    def keep(self, note: str) -> None:
        """Remember a signed note in place of one of a smaller tree; the file is whole at every instant.

        Two processes that sign in turn may come here in the opposite order: the larger tree stays.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._alone():
            if _size(self.note()) < _size(note):
                write_whole(self._path, [note.encode()])

    def note(self) -> str | None:
        """Return what is remembered, genuine or not; None when there is no file. Raises `OSError`."""
        try:
            return self._path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return None

    def size(self) -> int:
        """Return the size that what is remembered claims; 0 where that is no checkpoint. Raises `OSError`."""
        return max(_size(self.note()), 0)

    def checkpoint(self) -> Checkpoint | None:
        """Return the checkpoint remembered; None when nothing was ever signed.

        Raises:
            Unproven: the file is not what the log has signed.
        """
        note = self.note()
        return None if note is None else self._verifier.checkpoint(note)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with self._path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _size(note: str | None) -> int:
    """Return the size that a note claims; what is no checkpoint is smaller than any."""
    try:
        return -1 if note is None else Checkpoint.parse(note.rpartition("\n\n")[0] + "\n").size
    except Unproven:
        return -1
