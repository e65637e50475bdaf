"""The collections of a province as a backup sees them: which there are, and in which order they are copied."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pymongo import MongoClient
from pymongo.client_session import ClientSession
from pymongo.collection import Collection

from infra.event_store.commit import COMMITS
from infra.event_store.layout import EVENTS
from infra.local.provision import DEEDS, LOG_COLLECTIONS, OPERATIONS
from infra.read_store.positions import REBUILDING

ENTRIES = next(name for name in LOG_COLLECTIONS if name != EVENTS)
"""The audit log's own collection, beside the events of the audit service."""

READERS = ("positions", "relay")
"""How far each reader has come. Copied before everything else: what a reader has taken in was there before."""
PARKED = ("parked",)
"""What could not be taken in. Copied before the rows: a message that is retried meanwhile is in the rows by then."""
PRESUPPOSED = ("people", "pictures", "files.files", "files.chunks")
"""What is written before the event that needs it. Copied last. A file's description is written after its pieces."""

_STORED = {"type": "collection"}
_UNDER_WAY = re.compile(rf".*\.anew|{REBUILDING}")
"""Rows that a rebuild writes beside those that are read, and how far it has come: it begins again after a restore."""

Document = dict[str, Any]
Client = MongoClient[Document]


@dataclass(frozen=True, slots=True)
class Log:
    """One collection of a log; `last` is the highest key in the cut, -1 where nothing is stored. `head` is its last position."""

    database: str
    collection: str
    last: int
    head: int


@dataclass(frozen=True, slots=True)
class Stores:
    """All databases of a province, seen with rights to read; `prefix` begins their names, such as `binh_phuoc`."""

    client: Client
    prefix: str
    services: Sequence[str]

    def collection(self, database: str, name: str) -> Collection[Document]:
        """Return a collection by the short name of its database, such as `board_log`."""
        return self.client[f"{self.prefix}_{database}"][name]

    def stored_in(self, database: str) -> dict[str, Any]:
        """Return the collections of a database by its full name, with what tells one from another put in its place.

        Views and the server's own hold nothing to copy, and neither does a rebuild that is under way.
        """
        found = {each["name"]: each["info"]["uuid"] for each in self.client[database].list_collections(filter=_STORED)}
        return {
            name: found[name]
            for name in sorted(found)
            if not name.startswith("system.") and not _UNDER_WAY.fullmatch(name)
        }

    def rows(self) -> dict[str, Any]:
        """Return all collections of all stores, as `stored_in` does: to find out whether one was put in another's place."""
        databases = (f"{self.prefix}_{service}" for service in self.services)
        return {f"{name}.{each}": uuid for name in databases for each, uuid in self.stored_in(name).items()}

    def readers(self) -> Iterator[tuple[str, str]]:
        """Name, as (database, collection), what is copied first."""
        yield from self._of_stores(READERS)
        yield from self._of_stores(PARKED)

    def derived(self) -> Iterator[tuple[str, str]]:
        """Name what is written after the events: rows, whatever else a store may hold, and what the technical team did."""
        apart = {*READERS, *PARKED, *PRESUPPOSED}
        for service in self.services:
            stored = self.stored_in(f"{self.prefix}_{service}")
            yield from ((service, name) for name in stored if name not in apart)
        yield OPERATIONS, DEEDS

    def presupposed(self) -> Iterator[tuple[str, str]]:
        """Name what events presuppose."""
        yield from self._of_stores(PRESUPPOSED)

    def cut(self, session: ClientSession) -> list[Log]:
        """Fix up to where each log is copied, all at one instant: that of the session, which sees a snapshot."""
        logs = [(f"{service}_log", EVENTS) for service in self.services]
        logs += [(f"{service}_log", ENTRIES) for service in self.services]
        return [self._cut(database, name, session) for database, name in logs]

    def _cut(self, database: str, name: str, session: ClientSession) -> Log:
        last = self.collection(database, name).find_one(
            {"_id": {**COMMITS["_id"], "$gte": 0}}, {"n": 1}, sort=[("_id", -1)], session=session
        )
        if last is None:
            return Log(database, name, -1, 0)
        return Log(database, name, last["_id"], last["_id"] + last.get("n", 1) - 1)

    def _of_stores(self, names: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Name these collections of all services; the order of names goes before that of services."""
        yield from ((service, name) for name in names for service in self.services)
