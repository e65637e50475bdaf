"""Folders of backups that are being written, held by whoever writes; and the removal of those that a kill has left."""

import os
import shutil
from contextlib import suppress
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path

_HELD = "held"
_ENDING = ".unfinished"


def unfinished(folder: Path) -> Path:
    """Return the folder in which a backup is written before it appears, and into which an old one goes to be removed."""
    return folder.with_name(f".{folder.name}{_ENDING}")


def clear(beside: Path) -> None:
    """Remove what killed backups have left in a folder: nothing that somebody writes, and nothing that we did not begin."""
    for left in beside.glob(f".*{_ENDING}"):
        if (left / _HELD).is_file() and _is_free(left / _HELD):
            shutil.rmtree(left, ignore_errors=True)


def remove(folder: Path) -> None:
    """Remove a finished backup so that nobody ever takes half of it for a whole one. Raises `OSError`."""
    going = unfinished(folder)
    folder.rename(going)
    discard(going)


def discard(path: Path) -> None:
    """Remove a folder, a file, or a link without what it leads to. Raises `OSError`."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


class Held:
    """A folder that somebody writes; a kill lets it go. On a share without locks it is never taken for left behind."""

    def __init__(self, folder: Path) -> None:
        self._descriptor: int | None = os.open(folder / _HELD, os.O_RDWR | os.O_CREAT, 0o600)
        with suppress(OSError):
            flock(self._descriptor, LOCK_EX)

    def release(self, folder: Path) -> None:
        """Let it go, under whatever name it has now; more than once does nothing."""
        if self._descriptor is not None:
            (folder / _HELD).unlink(missing_ok=True)
            os.close(self._descriptor)
            self._descriptor = None


def _is_free(lock: Path) -> bool:
    with suppress(OSError), lock.open("rb") as file:
        flock(file, LOCK_EX | LOCK_NB)
        return True
    return False
