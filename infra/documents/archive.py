"""Files that are zip archives inside, opened only when they are whole and small enough when unpacked."""

import zlib
from collections.abc import Iterator
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from infra.documents.limits import ARCHIVE_BYTES_MAX, ARCHIVE_ENTRIES_MAX

_END = b"PK\x05\x06"
_END_BYTES = 22
_ENCRYPTED = 0x1
_BEGINNING_BYTES = 256
_DAMAGE = (BadZipFile, zlib.error, EOFError, OSError, LookupError, ValueError, NotImplementedError, RuntimeError)
"""What `zipfile` raises on archives that are none."""


class BrokenArchiveError(Exception):
    """Truncated, too large when unpacked, with names that lead outside, or with something behind its end."""


class EncryptedArchiveError(Exception):
    """Readable with a password only."""


class Archive:
    """A zip archive whose directory has been checked.

    Raises `BrokenArchiveError` or `EncryptedArchiveError`. What an entry says of its size is true: reading stops there.
    """

    def __init__(self, stream: BinaryIO) -> None:
        stream.seek(-min(_END_BYTES, stream.seek(0, 2)), 2)
        if not stream.read(_END_BYTES).startswith(_END):
            raise BrokenArchiveError
        stream.seek(0)
        try:
            self._zip = ZipFile(stream)
        except _DAMAGE as damage:
            raise BrokenArchiveError from damage
        self._entries = self._zip.infolist()
        self.names = [entry.filename for entry in self._entries]
        self._check()

    def read(self, name: str, bytes_max: int) -> bytes:
        """Return what an entry contains; an absent one and one over the limit make the archive a broken one."""
        try:
            if self._zip.getinfo(name).file_size > bytes_max:
                raise BrokenArchiveError
            return self._zip.read(name)
        except _DAMAGE as damage:
            raise BrokenArchiveError from damage

    def beginnings(self, larger_than: int) -> Iterator[bytes]:
        """Give the first bytes of every entry that is larger than this when unpacked."""
        for entry in self._entries:
            if entry.file_size > larger_than:
                yield self._beginning(entry)

    def _beginning(self, entry: ZipInfo) -> bytes:
        try:
            with self._zip.open(entry) as opened:
                return opened.read(_BEGINNING_BYTES)
        except _DAMAGE as damage:
            raise BrokenArchiveError from damage

    def _check(self) -> None:
        if any(entry.flag_bits & _ENCRYPTED for entry in self._entries):
            raise EncryptedArchiveError
        too_many = len(self._entries) > ARCHIVE_ENTRIES_MAX or len(set(self.names)) < len(self.names)
        too_large = sum(entry.file_size for entry in self._entries) > ARCHIVE_BYTES_MAX
        if too_many or too_large or any(_leads_outside(name) for name in self.names):
            raise BrokenArchiveError


def _leads_outside(name: str) -> bool:
    return name.startswith(("/", "\\")) or ":" in name or ".." in name.replace("\\", "/").split("/")
