"""The recorder that `eventsourcing` applications write to and read from: a log of commits in MongoDB."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from eventsourcing.persistence import (
    ApplicationRecorder,
    IntegrityError,
    Notification,
    ProcessRecorder,
    StoredEvent,
    Subscription,
    Tracking,
)
from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError

from infra.event_store.commit import COMMITS, LogEntry
from infra.event_store.connection import CODEC, COMMITTED, DURABLE, Document
from infra.event_store.errors import translated
from infra.event_store.group_commit import GroupCommit
from infra.event_store.layout import EVENT_KEY, service_of
from infra.event_store.reading import LogReader
from infra.event_store.saving import Save
from infra.event_store.subscription import LogSubscription
from infra.event_store.writing import CommitWriter
from infra.metrics.instruments import commit_timed


class LogRecorder(ApplicationRecorder):
    """Records saves as commits. Shared by the threads of a process, which then commit in groups.

    Raises `IntegrityError` when a version exists already, `StoreUnavailable` when the store is away, and `DataError`
    for an event too large to store.
    """

    def __init__(self, events: Collection[Document]) -> None:
        self.events = events.with_options(codec_options=CODEC, read_concern=COMMITTED, write_concern=DURABLE)
        self._service = service_of(events.database.name)
        self._reader = LogReader(events)
        self._writer = CommitWriter(events)
        self._commits = GroupCommit(self._writer.write)

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """Record the events of one save, with `tracking` if given, and return their positions."""
        tracking: Tracking | None = kwargs.get("tracking")
        if stored_events:
            with commit_timed(self._service), translated():
                return self._commits.commit(Save(stored_events, tracking))
        if tracking is not None:
            with translated():
                self._insert_handled(tracking)
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
        bounds = {name: value for name, value in (("$gt", gt), ("$lte", lte)) if value is not None}
        wanted = {**COMMITS, "e": {"$elemMatch": {"o": originator_id} | ({"v": bounds} if bounds else {})}}
        with translated():
            documents = list(self.events.find(wanted, {"e": 1, "_id": 0}, hint=EVENT_KEY, batch_size=1_000))
        found = [
            StoredEvent(originator_id, event["v"], event["t"], event["s"])
            for document in documents
            for event in document["e"]
            if event["o"] == originator_id and _within(event["v"], gt, lte)
        ]
        found.sort(key=lambda event: event.originator_version, reverse=desc)
        return found[:limit]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """Return events in the order of the log, from `start` to `stop`."""
        after = max(0, (start or 0) - (1 if inclusive_of_start else 0))
        # Positions have no gaps, so that without topics the limit is a bound as well.
        until = stop if topics else min(after + limit, after + limit if stop is None else stop)
        return [_notification(entry) for entry in self._reader.select(after, limit, until, topics)]

    def max_notification_id(self) -> int | None:
        """Return the position of the last event, None in an empty log."""
        return self._reader.head() or None

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Subscription[ApplicationRecorder]:
        """Return an iterator over the events after `gt` that waits for new ones."""
        return LogSubscription(self, LogReader(self.events), gt=gt, topics=topics)

    def _insert_handled(self, tracking: Tracking) -> None:
        """Record that an upstream position was handled without any event of ours; its id is no position."""
        upstream, position = tracking.application_name, tracking.notification_id
        while True:
            before = self._writer.handled_up_to(upstream)
            if before is not None and position <= before:
                raise IntegrityError(f"{upstream}/{position} was handled before")
            handled = {"a": upstream, "n": position}
            try:
                self.events.insert_one({"_id": handled, "k": handled | {"p": before}})
            except DuplicateKeyError:
                continue
            self._writer.forget_head()
            return


class ReactingLogRecorder(LogRecorder, ProcessRecorder):
    """A log that also knows which upstream positions its service has handled."""

    def insert_tracking(self, tracking: Tracking) -> None:
        """Record that an upstream position was handled."""
        self.insert_events([], tracking=tracking)

    def max_tracking_id(self, application_name: str) -> int | None:
        """Return the last upstream position handled, None when none was."""
        with translated():
            return self._writer.handled_up_to(application_name)


def _within(version: int, gt: int | None, lte: int | None) -> bool:
    return (gt is None or version > gt) and (lte is None or version <= lte)


def _notification(entry: LogEntry) -> Notification:
    return Notification(entry.originator_id, entry.version, entry.topic, entry.state, entry.position)
