"""The persistence module that `eventsourcing` finds under the topic `infra.event_store.factory`."""

from typing import Any, cast

from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    InfrastructureFactory,
    ProcessRecorder,
    TrackingRecorder,
)
from eventsourcing.utils import Environment, EnvType, resolve_topic, strtobool
from pymongo.collection import Collection
from pymongo.database import Database

from infra.event_store.connection import Document, connect
from infra.event_store.layout import EVENTS, create_log
from infra.event_store.recorder import LogRecorder, ReactingLogRecorder
from infra.event_store.snapshots import SnapshotRecorder
from infra.event_store.tracking import PositionRecorder


class MongoFactory(InfrastructureFactory[TrackingRecorder]):
    """Makes recorders in one database: a given one, or the one that the application's environment names.

    Keys of the environment: `MONGO_URL`, `MONGO_DATABASE`, and `CREATE_TABLE` (default yes) for creating the log;
    in a given database nothing is created. Raises `OSError` when no database is given or named.
    """

    def __init__(self, env: Environment | EnvType | None, database: Database[Document] | None = None) -> None:
        super().__init__(env)
        self._owns_client = database is None
        self.database = self._named() if database is None else database

    def aggregate_recorder(self, purpose: str = "events") -> AggregateRecorder:
        """Return a recorder of events outside the log, such as snapshots."""
        return SnapshotRecorder(self._collection(purpose))

    def application_recorder(self) -> ApplicationRecorder:
        """Return the recorder of the application's log."""
        return LogRecorder(self._log())

    def process_recorder(self) -> ProcessRecorder:
        """Return the recorder of a log that keeps handled upstream positions with its commits."""
        return ReactingLogRecorder(self._log())

    def tracking_recorder(self, tracking_recorder_class: type[TrackingRecorder] | None = None) -> TrackingRecorder:
        """Return a recorder of handled positions: the given subclass of `PositionRecorder`, or the one configured."""
        configured = self.env.get(self.TRACKING_RECORDER_TOPIC)
        chosen = tracking_recorder_class or (resolve_topic(configured) if configured else PositionRecorder)
        return cast("type[PositionRecorder]", chosen)(self._collection("positions"))

    def close(self) -> None:
        """Close the connection, unless the database was given by somebody who goes on using it."""
        if self._owns_client:
            self.database.client.close()

    def _named(self) -> Database[Document]:
        url, name = self.env.get("MONGO_URL"), self.env.get("MONGO_DATABASE")
        if not url or not name:
            raise OSError("MONGO_URL and MONGO_DATABASE are required")
        return connect(url)[name]

    def _log(self) -> Collection[Document]:
        events = self._collection(EVENTS)
        if self._owns_client and strtobool(self.env.get("CREATE_TABLE", "yes")):
            create_log(self.database, events.name)
        return events

    def _collection(self, purpose: str) -> Collection[Any]:
        """A named application has collections of its own; a service's log has the database for itself."""
        own = self._owns_client and bool(self.env.name)
        return self.database[f"{self.env.name.lower()}_{purpose}" if own else purpose]
