"""Takes a backup of a running system: first what follows from events, then the logs, at last what events presuppose.

Why that fits together, though services go on writing, stands in `docs/decisions/0006`.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import IO, Any

from bson.raw_bson import RawBSONDocument
from pymongo.client_session import ClientSession

from infra.backup.archive import Writing
from infra.backup.files import KEPT, KEYS, WITNESSED, found
from infra.backup.manifest import Manifest
from infra.backup.stores import ENTRIES, Log, Stores
from infra.event_store.layout import EVENTS
from infra.kernel.clock import Clock, system_clock

TELL_EVERY = 100_000
"""After so many documents of one collection it is told how far it is."""
_BATCH = 1_000
_PIECE_BYTES = 1 << 20

Tell = Callable[[str], object]
"""Hears one line about each collection."""


class TakeAgainError(Exception):
    """Something happened meanwhile after which the copy does not fit together; the message says what."""


class RowsExchangedError(TakeAgainError):
    """Rows written anew took the place of others while they were copied: they may be older than the positions copied before."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The rows of {name} were just exchanged by a rebuild: take the backup again.")


class KeyChangedError(TakeAgainError):
    """The keys copied may lack one that has signed an entry, or be halves of different pairs."""

    def __init__(self) -> None:
        super().__init__("The key of the audit log was just changed: take the backup again.")


class _Passing:
    """The bytes of documents exactly as they are stored, counted as they pass."""

    def __init__(self, documents: Iterable[RawBSONDocument], far: Callable[[int], object]) -> None:
        self._documents = iter(documents)
        self._far = far
        self._first = next(self._documents, None)
        self.count = 0

    def is_empty(self) -> bool:
        """Tell whether there is no document at all."""
        return self._first is None

    def __iter__(self) -> Iterator[bytes]:
        for document in chain((self._first,), self._documents):
            if document is not None:
                self.count += 1
                if self.count % TELL_EVERY == 0:
                    self._far(self.count)
                yield bytes(document.raw)


@dataclass(slots=True)
class Taking:
    """One backup. `var_dir` is where keys and the witness lie, `public_url` only a note for whoever restores."""

    stores: Stores
    var_dir: Path
    profile: str
    public_url: str
    tell: Tell
    clock: Clock = system_clock

    def into(self, folder: Path) -> Manifest:
        """Copy everything into a new folder, which is there once all of it is.

        Raises:
            NoBackupError: the folder is there already.
            TakeAgainError: see there.
            PyMongoError: the store went away meanwhile.

        """
        began = self.clock().isoformat(timespec="microseconds")
        with Writing(folder) as writing:
            self._follows_from_events(writing)
            self._files(writing, WITNESSED)
            keys = self._keys()
            logs = self._logs(writing)
            self._files(writing, KEPT)
            if self._keys() != keys:
                raise KeyChangedError
            for database, name in self.stores.presupposed():
                self._copy(writing, database, name)
            manifest = self._manifest(began, logs, writing)
            writing.finish(manifest)
        return manifest

    def _follows_from_events(self, writing: Writing) -> None:
        before = self.stores.rows()
        for database, name in self.stores.readers():
            self._copy(writing, database, name)
        for database, name in self.stores.derived():
            self._copy(writing, database, name)
        after = self.stores.rows()
        for name, collection in before.items():
            if after.get(name) != collection:
                raise RowsExchangedError(name)

    def _logs(self, writing: Writing) -> list[Log]:
        with self.stores.client.start_session(snapshot=True) as session:
            logs = self.stores.cut(session)
            for log in logs:
                # Handled positions that came without an event have no place in the order of the log.
                name, unordered = f"{log.collection}.handled", {"_id": {"$type": "object"}}
                self._copy(writing, log.database, log.collection, name=name, where=unordered, session=session)
        for log in logs:
            self._copy(writing, log.database, log.collection, where={"_id": {"$gte": 0, "$lte": log.last}})
        return logs

    def _copy(
        self,
        writing: Writing,
        database: str,
        collection: str,
        *,
        name: str = "",
        where: Mapping[str, Any] | None = None,
        session: ClientSession | None = None,
    ) -> None:
        """Copy the documents of one collection in the order of their keys; what is empty leaves no file."""
        options = self.stores.client.codec_options.with_options(document_class=RawBSONDocument)
        raw = self.stores.collection(database, collection).with_options(codec_options=options)
        label = f"{database}.{name or collection}"
        found = raw.find(where or {}, session=session).sort("_id", 1).batch_size(_BATCH)
        passing = _Passing(found, lambda count: self.tell(f"{count:>9}  of {label} so far"))
        if passing.is_empty():
            return
        path = f"{database}/{name or collection}.bson.gz"
        part = writing.add(
            path, passing, lambda: {"database": database, "collection": collection, "documents": passing.count}
        )
        self.tell(f"{part.documents:>9}  {label}")

    def _keys(self) -> dict[str, bytes]:
        """Return the keys of the audit log as they are now."""
        try:
            return {name: path.read_bytes() for name, path in found(self.var_dir, KEYS)}
        except FileNotFoundError:
            raise KeyChangedError from None

    def _files(self, writing: Writing, patterns: Sequence[str]) -> None:
        for name, path in found(self.var_dir, patterns):
            if (file := _opened(path)) is not None:
                with file:
                    self._file(writing, name, file)

    def _file(self, writing: Writing, name: str, file: IO[bytes]) -> None:
        writing.add(f"var/{name}.gz", _pieces(file), lambda: {"file": name})
        self.tell(f"     file  {name}")

    def _manifest(self, began: str, logs: Sequence[Log], writing: Writing) -> Manifest:
        return Manifest(
            profile=self.profile,
            began_at=began,
            finished_at=self.clock().isoformat(timespec="microseconds"),
            public_url=self.public_url,
            heads={log.database.removesuffix("_log"): log.head for log in logs if log.collection == EVENTS},
            audit_size=max(log.last for log in logs if log.collection == ENTRIES) + 1,
            parts=tuple(writing.parts),
        )


def _opened(path: Path) -> IO[bytes] | None:
    """Open a file; None where it has just gone."""
    try:
        return path.open("rb")
    except FileNotFoundError:
        return None


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    """Read a file up to the size that it has now, however it grows."""
    left = os.fstat(file.fileno()).st_size
    while left and (piece := file.read(min(left, _PIECE_BYTES))):
        left -= len(piece)
        yield piece
