"""Events outside the log, such as snapshots: one document an event, without positions."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from bson import MaxKey, MinKey
from eventsourcing.persistence import AggregateRecorder, IntegrityError, StoredEvent
from pymongo.client_session import ClientSession
from pymongo.collection import Collection
from pymongo.errors import BulkWriteError

from infra.event_store.connection import CODEC, COMMITTED, DURABLE, Document
from infra.event_store.errors import translated

DUPLICATE_KEY = 11000


class SnapshotRecorder(AggregateRecorder):
    """Keeps events under `{o: aggregate, v: version}`: the `_id` index alone gives uniqueness, range and order."""

    def __init__(self, events: Collection[Document]) -> None:
        self.events = events.with_options(codec_options=CODEC, read_concern=COMMITTED, write_concern=DURABLE)

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:  # noqa: ARG002
        """Record the events, all or none; raises `IntegrityError` when one exists."""
        documents: list[Document] = [
            {"_id": {"o": e.originator_id, "v": e.originator_version}, "t": e.topic, "s": e.state}
            for e in stored_events
        ]
        if not documents:
            return None

        def insert(session: ClientSession) -> None:
            self.events.insert_many(documents, session=session)

        try:
            with translated(), self.events.database.client.start_session() as session:
                session.with_transaction(insert, write_concern=DURABLE)
        except Exception as error:
            if _is_duplicate(error.__cause__):
                raise IntegrityError(str(error)) from error
            raise
        return None

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """Return the events of one aggregate, ordered by version."""
        lowest = {"o": originator_id, "v": MinKey() if gt is None else gt}
        highest = {"o": originator_id, "v": MaxKey() if lte is None else lte}
        with translated():
            found = self.events.find({"_id": {"$gt": lowest, "$lte": highest}}).sort("_id", -1 if desc else 1)
            return [StoredEvent(d["_id"]["o"], d["_id"]["v"], d["t"], d["s"]) for d in found.limit(limit or 0)]


def _is_duplicate(error: BaseException | None) -> bool:
    return isinstance(error, BulkWriteError) and error.details["writeErrors"][0]["code"] == DUPLICATE_KEY
