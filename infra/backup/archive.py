"""The folder of a backup: written file by file with a hash of each, read back only if every hash is right."""

import gzip
import hashlib
import os
import shutil
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self, cast

from bson import decode_file_iter
from bson.codec_options import CodecOptions
from bson.errors import InvalidBSON
from bson.raw_bson import RawBSONDocument

from infra.backup.manifest import MANIFEST, DamagedBackupError, Manifest, NoBackupError, Part, read_manifest
from infra.backup.unfinished import Held, clear, unfinished

_LEVEL = 3
"""Of zlib: twice as fast as its default, for a tenth more bytes."""
_PIECE_BYTES = 1 << 20
_OWNER_ONLY = 0o700

_RAW: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument)


class _Hashing:
    """A file that is hashed and counted while it is written."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()
        self.bytes = 0

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        self.bytes += len(data)
        return self._file.write(data)

    def flush(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())


class Writing:
    """A backup while it is written: in a folder beside its own, which takes its place once everything is there.

    Leaving it by an error removes what was written. Only the owner may read it: it holds keys and people's records.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.parts: list[Part] = []

    def __enter__(self) -> Self:
        if self.folder.exists():
            raise NoBackupError(f"{self.folder} is there already.")
        self._unfinished = unfinished(self.folder)
        self.folder.parent.mkdir(mode=_OWNER_ONLY, parents=True, exist_ok=True)
        clear(self.folder.parent)
        shutil.rmtree(self._unfinished, ignore_errors=True)
        self._unfinished.mkdir(mode=_OWNER_ONLY)
        self._held = Held(self._unfinished)
        return self

    def __exit__(self, kind: type[BaseException] | None, _error: BaseException | None, _: TracebackType | None) -> None:
        if kind is not None:
            shutil.rmtree(self._unfinished, ignore_errors=True)
        self._held.release(self._unfinished)

    def add(self, path: str, pieces: Iterable[bytes], facts: Callable[[], Mapping[str, Any]]) -> Part:
        """Write one compressed file from its pieces; `facts`, asked at the end, are further fields of its `Part`."""
        target = self._unfinished / path
        target.parent.mkdir(mode=_OWNER_ONLY, parents=True, exist_ok=True)
        with target.open("wb") as file:
            hashed = _Hashing(file)
            with gzip.GzipFile("", "wb", _LEVEL, hashed, mtime=0) as packed:
                for piece in pieces:
                    packed.write(piece)
            hashed.flush()
        part = Part(path, hashed.digest.hexdigest(), hashed.bytes, **facts())
        self.parts.append(part)
        return part

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest and let the backup appear under its name; raises `DamagedBackupError` if nobody could read it."""
        with (self._unfinished / MANIFEST).open("w", encoding="utf-8") as file:
            file.write(manifest.to_json())
            file.flush()
            os.fsync(file.fileno())
        read_manifest(self._unfinished)
        self._unfinished.rename(self.folder)
        self._held.release(self.folder)


class Archive:
    """A finished backup. Raises `NoBackupError` where there is none."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest = read_manifest(folder)

    def check(self) -> None:
        """Read every file and compare its hash; raises `DamagedBackupError` at the first that is not as written."""
        for part in self.manifest.parts:
            path = self.folder / part.path
            if not path.is_file():
                raise DamagedBackupError(part.path, "is missing")
            if path.stat().st_size != part.bytes or _hash_of(path) != part.sha256:
                raise DamagedBackupError(part.path, "is not as it was written")

    def documents(self, part: Part) -> Iterator[RawBSONDocument]:
        """Go through the documents of a collection's part, byte for byte as they were stored; raises `DamagedBackupError`."""
        with readable(part), gzip.open(self.folder / part.path, "rb") as packed:
            yield from decode_file_iter(cast("IO[bytes]", packed), _RAW)

    def pieces(self, part: Part) -> Iterator[bytes]:
        """Give the bytes of a file's part; raises `DamagedBackupError`."""
        with readable(part), gzip.open(self.folder / part.path, "rb") as packed:
            while piece := packed.read(_PIECE_BYTES):
                yield piece


def checked(folder: Path, profile: str) -> Archive:
    """Return a backup of this province with every hash right; raises `NoBackupError`."""
    archive = Archive(folder)
    if archive.manifest.profile != profile:
        raise NoBackupError(f"{folder} is a backup of {archive.manifest.profile}, and PROFILE is {profile}: set it.")
    archive.check()
    return archive


@contextmanager
def readable(part: Part) -> Iterator[None]:
    """Use what a part holds; raises `DamagedBackupError` where that is not what a part can hold."""
    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile, InvalidBSON, KeyError) as broken:
        raise DamagedBackupError(part.path, f"holds what nobody can read ({broken})") from broken


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
