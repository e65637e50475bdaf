"""Every checkpoint in a file that only grows: one line each, in JSON, with its size and its signed note."""

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from services.audit.log.checkpoint import Unproven
from services.audit.log.pledges import Pledge

_TAIL_BYTES = 8_192
"""More than the last line takes."""


class Journal:
    """Keeps checkpoints in the order of their size. Every method raises `OSError` where the folder cannot be reached."""

    def __init__(self, path: Path, place: str) -> None:
        self._path = path
        self.place = place

    @property
    def exists(self) -> bool:
        """Tell whether anything was ever kept here."""
        return self._path.exists()

    def append(self, pledges: Iterable[Pledge]) -> None:
        """Keep those that are larger than all before; a line that a crash has torn is taken away first."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            last = self.last()
            known = 0 if last is None else last.size
            lines = [_line(each) for each in pledges if each.size > known]
            if not lines:
                return
            whole = _whole(file.fileno())
            if whole < os.fstat(file.fileno()).st_size:
                file.truncate(whole)
            file.write("".join(lines).encode())
            file.flush()
            os.fsync(file.fileno())

    def last(self) -> Pledge | None:
        """Return the last checkpoint kept; None when there is none."""
        try:
            with self._path.open("rb") as file:
                whole = _whole(file.fileno())
                file.seek(max(0, whole - _TAIL_BYTES))
                lines = file.read(whole - file.tell()).splitlines()
        except FileNotFoundError:
            return None
        return self._pledge(lines[-1], 0) if lines else None

    def after(self, size: int = 0) -> Iterator[Pledge]:
        """Go through the checkpoints of larger trees that are kept now, not through those that come while it goes.

        A line that is no checkpoint, or not larger than the one before, stands where it was found as one that is not
        genuine.
        """
        try:
            with self._path.open("rb") as file:
                whole = _whole(file.fileno())
        except FileNotFoundError:
            return iter(())
        return self._read(whole, size)

    def _read(self, whole: int, after: int) -> Iterator[Pledge]:
        with self._path.open("rb") as file:
            read, previous = self._before(file, whole, after) if after else (0, 0)
            file.seek(read)
            for line in file:
                read += len(line)
                if read > whole:
                    return
                pledge = self._pledge(line, previous)
                previous = pledge.size
                if pledge.size > after:
                    yield pledge

    def _before(self, file: BinaryIO, whole: int, size: int) -> tuple[int, int]:
        """Return where a line begins that is not larger than `size`, not far before those that are; and the size before it."""
        low, high = 0, whole
        while high - low > _TAIL_BYTES:
            middle = (low + high) // 2
            file.seek(middle)
            file.readline()
            place = file.tell()
            pledge = self._pledge(file.readline(), 0)
            low, high = (place, high) if place < whole and pledge.note and pledge.size <= size else (low, middle)
        return low, 0

    def _pledge(self, line: bytes, previous: int) -> Pledge:
        try:
            kept = json.loads(line)
            pledge = Pledge.of(self.place, kept["note"])
            if pledge.size == kept["size"] > previous:
                return pledge
        except (AttributeError, KeyError, TypeError, UnicodeDecodeError, ValueError, Unproven):
            pass
        return Pledge(self.place, previous + 1, "")


def _line(pledge: Pledge) -> str:
    return f"{json.dumps({'size': pledge.size, 'note': pledge.note})}\n"


def _whole(file: int) -> int:
    """Return how many bytes of a file are whole lines."""
    size = os.fstat(file).st_size
    begin = max(0, size - _TAIL_BYTES)
    return begin + os.pread(file, size - begin, begin).rfind(b"\n") + 1
