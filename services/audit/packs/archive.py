"""The zip of a pack, written piece by piece; the same pack written twice has the same bytes."""

import hashlib
import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Self
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_OWNER_ONLY = 0o600


class Archive:
    """A zip that nobody but its owner can read; all its files bear the same instant."""

    def __init__(self, path: Path, at: datetime) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY), "w+b")
        self._zip = ZipFile(self._file, "w", ZIP_DEFLATED)
        self._at = (at.year, at.month, at.day, at.hour, at.minute, at.second)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def add(self, name: str, pieces: Iterable[bytes]) -> None:
        """Write one file, however long."""
        about = ZipInfo(name, self._at)
        about.compress_type = ZIP_DEFLATED
        about.external_attr = 0o644 << 16
        with self._zip.open(about, "w", force_zip64=True) as file:
            for piece in pieces:
                file.write(piece)


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, in lower-case hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
