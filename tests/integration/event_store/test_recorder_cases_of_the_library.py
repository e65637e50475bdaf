"""The cases by which `eventsourcing` judges a persistence module, run against ours."""

import secrets
from typing import Any, ClassVar
from uuid import UUID

import eventsourcing.tests.persistence as cases
import pytest
from eventsourcing.persistence import TrackingRecorder
from eventsourcing.utils import Environment, get_topic
from pymongo.database import Database

from infra.event_store import EVENTS
from infra.event_store.factory import MongoFactory
from infra.event_store.recorder import LogRecorder, ReactingLogRecorder
from infra.event_store.snapshots import SnapshotRecorder
from infra.event_store.tracking import PositionRecorder
from infra.kernel.ids import new_id
from infra.local.mongod import Mongod

pytestmark = pytest.mark.servers


class _OnALog:
    log: Database[dict[str, Any]]

    @pytest.fixture(autouse=True)
    def _give_log(self, log: Database[dict[str, Any]]) -> None:
        self.log = log

    def new_originator_id(self) -> UUID:
        return new_id()


class TestLogRecorder(_OnALog, cases.ApplicationRecorderTestCase[LogRecorder]):
    def create_recorder(self) -> LogRecorder:
        return LogRecorder(self.log[EVENTS])

    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestSnapshotRecorder(_OnALog, cases.AggregateRecorderTestCase):
    def create_recorder(self) -> SnapshotRecorder:
        return SnapshotRecorder(self.log["snapshots"])


class TestPositionRecorder(_OnALog, cases.TrackingRecorderTestCase):
    def create_recorder(self) -> PositionRecorder:
        return PositionRecorder(self.log["positions"])


class TestReactingLogRecorder(_OnALog, cases.ProcessRecorderTestCase):
    def create_recorder(self) -> ReactingLogRecorder:
        return ReactingLogRecorder(self.log[EVENTS])


class TestReactingLogRecorderAsTrackingRecorder(_OnALog, cases.TrackingRecorderTestCase):
    def create_recorder(self) -> ReactingLogRecorder:
        return ReactingLogRecorder(self.log[EVENTS])


class TestNonInterleavingPositions(_OnALog, cases.NonInterleavingNotificationIDsBaseCase):
    def create_recorder(self) -> LogRecorder:
        return LogRecorder(self.log[EVENTS])


class OtherPositionRecorder(PositionRecorder):
    """A recorder of positions that somebody derived."""


class TestFactory(cases.InfrastructureFactoryTestCase[MongoFactory]):
    env: ClassVar[Environment]

    @pytest.fixture(autouse=True)
    def _name_database(self, mongod: Mongod, store: Any) -> Any:
        name = f"test_{secrets.token_hex(4)}_log"
        type(self).env = Environment(
            "", {"PERSISTENCE_MODULE": get_topic(MongoFactory), "MONGO_URL": mongod.url, "MONGO_DATABASE": name}
        )
        yield
        store.drop_database(name)

    def expected_factory_class(self) -> type[MongoFactory]:
        return MongoFactory

    def expected_aggregate_recorder_class(self) -> type[SnapshotRecorder]:
        return SnapshotRecorder

    def expected_application_recorder_class(self) -> type[LogRecorder]:
        return LogRecorder

    def expected_tracking_recorder_class(self) -> type[TrackingRecorder]:
        return PositionRecorder

    def tracking_recorder_subclass(self) -> type[TrackingRecorder]:
        return OtherPositionRecorder

    def expected_process_recorder_class(self) -> type[ReactingLogRecorder]:
        return ReactingLogRecorder
