"""Files in MongoDB: named by the hash of their bytes, stored once, streamed in and out."""

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, Protocol, cast

from bson import Int64, ObjectId
from gridfs import GridFSBucket, NoFile
from pymongo.database import Database
from pymongo.errors import ConnectionFailure, DuplicateKeyError

from infra.kernel.verdicts import Refusal

CHUNK_BYTES = 255 * 1024
"""How much of a file is in memory at a time, and in one document of GridFS."""


class Readable(Protocol):
    """Anything that gives its bytes piece by piece."""

    def read(self, size: int, /) -> bytes:
        """Return at most so many of the next bytes; none at the end."""


class NoSuchFileError(LookupError):
    """No file has this id."""


class _OverLimitError(Exception):
    """The stream has given more than it may."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that is kept. `id` is the SHA-256 of its bytes in lower-case hexadecimal; `size` is in bytes."""

    id: str
    size: int
    media_type: str
    name: str


class Files:
    """The files of one service. The same bytes are stored once, whatever they are called and however often they come.

    The layout is that of GridFS, so that its tools and drivers can read it; writing is our own, because the driver's
    gathers up to 32 MB in memory and leaves pieces behind when it is interrupted.
    """

    def __init__(self, store: Database[dict[str, Any]]) -> None:
        self._bucket = GridFSBucket(store, bucket_name="files")
        self._files = store["files.files"]
        self._chunks = store["files.chunks"]

    def prepare(self) -> None:
        """Make sure that no two files can have the same bytes. Repeating it does nothing."""
        self._files.create_index("filename", unique=True)
        self._chunks.create_index([("files_id", 1), ("n", 1)], unique=True)

    def put(self, stream: Readable, *, name: str, media_type: str, limit_bytes: int) -> StoredFile | Refusal:
        """Keep what the stream gives, or refuse it as soon as it has given more than the limit.

        Of what is refused or breaks off while it is read, nothing stays behind. The name is not stored: it belongs to
        whoever refers to the file.
        """
        pending = ObjectId()
        try:
            digest, size = self._received(pending, stream, limit_bytes)
        except _OverLimitError:
            return Refusal("", "file_too_large", facts={"limit_bytes": limit_bytes})
        self._keep(pending, digest, size, media_type)
        return StoredFile(digest, size, media_type, name)

    def exists(self, file_id: str) -> bool:
        """Tell whether there is a file with this id."""
        return self._files.find_one({"filename": file_id}, {"_id": 1}) is not None

    def describe(self, file_id: str) -> StoredFile:
        """Return what is known of a file; its name belongs to whoever refers to it, and is empty here.

        Raises:
            NoSuchFileError: there is none.

        """
        kept = self._files.find_one({"filename": file_id}, {"length": 1, "metadata": 1})
        if kept is None:
            raise NoSuchFileError(file_id)
        return StoredFile(file_id, int(kept["length"]), kept["metadata"]["media_type"], "")

    def open(self, file_id: str) -> BinaryIO:
        """Return the file's bytes as a stream in which one can seek.

        Raises:
            NoSuchFileError: there is none.

        """
        try:
            return cast(BinaryIO, self._bucket.open_download_stream_by_name(file_id))
        except NoFile:
            raise NoSuchFileError(file_id) from None

    def chunk(self, file_id: str, offset: int, size: int) -> bytes:
        """Return at most `size` bytes from `offset` on; none at the end.

        Raises:
            NoSuchFileError: there is no such file.

        """
        with self.open(file_id) as stream:
            stream.seek(offset)
            return stream.read(size)

    def sweep(self, before: datetime) -> int:
        """Delete what a killed process has left of uploads begun before an instant; returns how many."""
        begun = {"$lt": ObjectId.from_datetime(before)}
        strays = set(self._chunks.distinct("files_id", {"files_id": begun})) - set(self._files.distinct("_id"))
        for stray in strays:
            self._chunks.delete_many({"files_id": stray})
        return len(strays)

    def _received(self, pending: ObjectId, stream: Readable, limit_bytes: int) -> tuple[str, int]:
        """Write the chunks, all or, whatever happens, none; return the digest and the size."""
        try:
            return self._write_chunks(pending, stream, limit_bytes)
        except BaseException:
            self._forget(pending)
            raise

    def _write_chunks(self, pending: ObjectId, stream: Readable, limit_bytes: int) -> tuple[str, int]:
        digest, size = hashlib.sha256(), 0
        for n, piece in enumerate(_whole_pieces(stream)):
            size += len(piece)
            if size > limit_bytes:
                raise _OverLimitError
            digest.update(piece)
            self._chunks.insert_one({"files_id": pending, "n": n, "data": piece})
        return digest.hexdigest(), size

    def _keep(self, pending: ObjectId, digest: str, size: int, media_type: str) -> None:
        """Make the written chunks a file, or delete them if its bytes are already kept.

        An error deletes nothing: the file may be there in spite of it. Where it is not, `sweep` takes the chunks.
        """
        file = {
            "_id": pending,
            "filename": digest,
            "length": Int64(size),
            "chunkSize": CHUNK_BYTES,
            "uploadDate": pending.generation_time,
            "metadata": {"media_type": media_type},
        }
        if self.exists(digest):
            self._forget(pending)
            return
        try:
            self._files.insert_one(file)
        except DuplicateKeyError:
            self._forget(pending)

    def _forget(self, pending: ObjectId) -> None:
        with suppress(ConnectionFailure):  # the store is away: `sweep` finds it later
            self._chunks.delete_many({"files_id": pending})


def _whole_pieces(stream: Readable) -> Iterator[bytes]:
    """Give the stream in pieces of the size that GridFS expects, however small its own pieces are."""
    gathered = bytearray()
    while piece := stream.read(CHUNK_BYTES - len(gathered)):
        gathered += piece
        if len(gathered) == CHUNK_BYTES:
            yield bytes(gathered)
            gathered.clear()
    if gathered:
        yield bytes(gathered)
