"""Reading a log: pages of entries, commits for verification, and waiting for what comes next."""

from collections.abc import Sequence
from time import monotonic, sleep
from typing import Any

from pymongo.change_stream import CollectionChangeStream
from pymongo.collection import Collection
from pymongo.errors import OperationFailure

from infra.event_store.as_stored import as_stored
from infra.event_store.commit import COMMITS, Commit, LogEntry, entries_of, from_document
from infra.event_store.connection import CODEC, COMMITTED, Document
from infra.event_store.errors import AWAY, translated

WAKE_UP_MS = 250
"""How long one look at the change stream lasts at most."""
POLL_S = 0.05
"""How often the log is looked at while there is no change stream."""
_INSERTS: list[Document] = [{"$match": {"operationType": "insert"}}, {"$project": {"documentKey": 1}}]


class LogReader:
    """Reads the log in the order in which it was committed. Not to be shared between threads that wait.

    Every method raises `StoreUnavailable` when the store is away.
    """

    def __init__(self, events: Collection[Document]) -> None:
        self._events = events.with_options(codec_options=CODEC, read_concern=COMMITTED)
        self._stream: CollectionChangeStream[Document] | None = None

    def page(self, after: int, limit: int = 500) -> list[LogEntry]:
        """Return at most `limit` entries that follow the position `after` (0 = from the beginning), in order."""
        return self.select(after, limit, after + limit)

    def select(self, after: int, limit: int, until: int | None, topics: Sequence[str] = ()) -> list[LogEntry]:
        """Return at most `limit` entries after `after` up to and with `until`, of the given topics (none = all)."""
        with translated():
            documents = self._covering(after, limit, until, topics)
        entries = (entry for document in documents for entry in entries_of(document))
        found = [
            entry
            for entry in entries
            if entry.position > after
            and (until is None or entry.position <= until)
            and (not topics or entry.topic in topics)
        ]
        return found[:limit]

    def commits(self, after: int, limit: int) -> list[Commit]:
        """Return at most `limit` commits that begin after the position `after`, as stored, for verification."""
        with translated():
            found = self._events.find({"_id": {"$gt": max(after, 0)}}).sort("_id", 1).limit(limit)
            return [from_document(document) for document in found]

    def documents(self, after: Any, limit: int) -> list[Document]:
        """Return at most `limit` commits with keys after `after` (0 = all), damaged ones too, as they are stored.

        Keys are positions, where nobody has tampered; somebody might have put another number in between.
        """
        with translated():
            return as_stored(self._events, {"_id": {"$gt": after}}, limit)

    def astray(self) -> bool:
        """Tell whether events stand where no position is: no page has them, and yet an aggregate would."""
        with translated():
            return self._events.find_one({"_id": {"$not": {"$gt": 0}}, "e": {"$exists": True}}, {"_id": 1}) is not None

    def head(self) -> int:
        """Return the position of the last entry; 0 in an empty log."""
        with translated():
            last = self._events.find_one(COMMITS, {"n": 1}, sort=[("_id", -1)])
        return 0 if last is None else int(last["_id"] + last["n"] - 1)

    def wait(self, after: int, timeout_s: float) -> bool:
        """Wait until the log has an entry after `after`; tell whether it has. May take up to `WAKE_UP_MS` longer."""
        deadline = monotonic() + timeout_s
        while self.head() <= after:
            if monotonic() >= deadline:
                return False
            self._await_insert(after)
        return True

    def close(self) -> None:
        """Let go of the change stream."""
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()

    def _covering(self, after: int, limit: int, until: int | None, topics: Sequence[str]) -> list[Document]:
        positions = {"$gt": after} if until is None else {"$gt": after, "$lte": until}
        wanted: Document = {"_id": {**COMMITS["_id"], **positions}} | ({"e.t": {"$in": list(topics)}} if topics else {})
        fields = {"e": 1}
        documents = list(self._events.find(wanted, fields, batch_size=1_000).sort("_id", 1).limit(limit))
        if after > 0 and (not documents or documents[0]["_id"] != after + 1):
            # `after` may lie inside a commit that began earlier.
            begun = self._events.find_one({"_id": {**COMMITS["_id"], "$lte": after}}, fields, sort=[("_id", -1)])
            documents[:0] = [] if begun is None else [begun]
        return documents

    def _await_insert(self, after: int) -> None:
        """Return when a commit after `after` was seen, or a while later."""
        try:
            if self._stream is None:
                # The stream sees nothing from before it was opened: look at the head again first.
                self._stream = self._events.watch(_INSERTS, max_await_time_ms=WAKE_UP_MS)
                return
            # The stream also tells of commits that were read long ago: they are not worth a look at the head.
            while (insert := self._stream.try_next()) is not None:
                if _position(insert) > after:
                    return
        except (OperationFailure, *AWAY):
            self.close()
            sleep(POLL_S)


def _position(insert: Document) -> int:
    """Return where the inserted commit begins; what only records a handled position is nowhere."""
    key = insert["documentKey"]["_id"]
    return key if isinstance(key, int) else 0
