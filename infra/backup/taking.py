"""Takes a backup of a running system: first what follows from events, then the logs, at last what events presuppose.

Why that fits together, though services go on writing, stands in `docs/decisions/0006`.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from bson.raw_bson import RawBSONDocument
from pymongo.client_session import ClientSession

from infra.backup.archive import Writing
from infra.backup.manifest import Manifest
from infra.backup.stores import ENTRIES, Log, Stores
from infra.event_store.layout import EVENTS
from infra.kernel.clock import Clock, system_clock

WITNESSED = ("audit",)
"""Below VAR_DIR, copied just before the logs, whose entries go on to the last checkpoint kept there, and after what the
monitor remembers of it: nothing seems to have been taken away."""
KEPT = ("secrets/audit-log*", "secrets/session-key", "secrets/demo-accounts.json", "demo-loaded")
"""Below VAR_DIR, copied after the logs: every key that has signed an entry is there by then. Passwords of the servers'
users are not among them: each machine makes its own."""

TELL_EVERY = 100_000
"""After so many documents of one collection it is told how far it is."""
_BATCH = 1_000
_PIECE_BYTES = 1 << 20

Tell = Callable[[str], object]
"""Hears one line about each collection."""


class RowsExchangedError(Exception):
    """Rows written anew took the place of others while they were copied: they may be older than the positions copied before."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The rows of {name} were just exchanged by a rebuild: take the backup again.")


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
            RowsExchangedError: see there.
            PyMongoError: the store went away meanwhile.

        """
        began = self.clock().isoformat(timespec="microseconds")
        with Writing(folder) as writing:
            self._follows_from_events(writing)
            self._files(writing, WITNESSED)
            logs = self._logs(writing)
            self._files(writing, KEPT)
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

    def _files(self, writing: Writing, patterns: Sequence[str]) -> None:
        for pattern in patterns:
            for found in sorted(self.var_dir.glob(pattern)):
                for path in sorted(found.rglob("*")) if found.is_dir() else [found]:
                    if path.is_file() and path.suffix != ".lock":
                        self._file(writing, path)

    def _file(self, writing: Writing, path: Path) -> None:
        name = path.relative_to(self.var_dir).as_posix()
        writing.add(f"var/{name}.gz", _pieces(path), lambda: {"file": name})
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


def _pieces(path: Path) -> Iterator[bytes]:
    """Read a file up to the size that it has now, however it grows."""
    with path.open("rb") as file:
        left = os.fstat(file.fileno()).st_size
        while left and (piece := file.read(min(left, _PIECE_BYTES))):
            left -= len(piece)
            yield piece
