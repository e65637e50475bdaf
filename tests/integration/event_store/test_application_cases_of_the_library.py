"""The cases by which `eventsourcing` judges applications and projections, run on our persistence module.

Its cases for dynamic consistency boundaries are left out: they are about another kind of store.
"""

import secrets
from collections.abc import Iterator
from typing import Any, ClassVar

import eventsourcing.tests.application as application_cases
import eventsourcing.tests.projection as projection_cases
import pytest
from eventsourcing.persistence import IntegrityError, Tracking
from pymongo import MongoClient
from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError

from infra.event_store import connect
from infra.event_store.factory import MongoFactory
from infra.event_store.tracking import PositionRecorder
from infra.local.mongod import Mongod

pytestmark = pytest.mark.servers

MODULE = "infra.event_store.factory"


class CountersInMongo(PositionRecorder, projection_cases.EventCountersView):
    """Counts events in the same document that holds the position, so that both change at once."""

    opened: ClassVar[list["CountersInMongo"]] = []

    def __init__(self, positions: Collection[dict[str, Any]]) -> None:
        super().__init__(positions)
        self.opened.append(self)

    def get_created_event_counter(self) -> int:
        return self._sum("created")

    def get_subsequent_event_counter(self) -> int:
        return self._sum("subsequent")

    def incr_created_event_counter(self, tracking: Tracking) -> None:
        self._count("created", tracking)

    def incr_subsequent_event_counter(self, tracking: Tracking) -> None:
        self._count("subsequent", tracking)

    def _count(self, kind: str, tracking: Tracking) -> None:
        lower = {"_id": tracking.application_name, "n": {"$lt": tracking.notification_id}}
        change = {"$set": {"n": tracking.notification_id}, "$inc": {kind: 1}}
        try:
            self.positions.update_one(lower, change, upsert=True)
        except DuplicateKeyError as error:
            raise IntegrityError(str(tracking)) from error

    def _sum(self, kind: str) -> int:
        return sum(row.get(kind, 0) for row in self.positions.find())


class _OnADatabase:
    env: ClassVar[dict[str, str]] = {}

    @pytest.fixture(autouse=True)
    def _name_database(self, mongod: Mongod, store: MongoClient[dict[str, Any]], monkeypatch: Any) -> Iterator[None]:
        name = f"test_{secrets.token_hex(4)}_log"
        type(self).env = {"PERSISTENCE_MODULE": MODULE, "MONGO_URL": mongod.url, "MONGO_DATABASE": name}
        for key, value in self.env.items():
            monkeypatch.setenv(key, value)
        yield
        store.drop_database(name)


class TestExampleApplication(_OnADatabase, application_cases.ExampleApplicationTestCase):
    expected_factory_topic = f"{MODULE}:{MongoFactory.__qualname__}"


@pytest.mark.filterwarnings("always:'log' is deprecated:DeprecationWarning")  # one case expects it
class TestApplication(_OnADatabase, application_cases.ApplicationTestCase):
    pass


class TestEventCountersView(_OnADatabase, projection_cases.EventCountersViewTestCase):
    @pytest.fixture(autouse=True)
    def _connect(self, _name_database: None) -> Iterator[None]:
        with connect(self.env["MONGO_URL"]) as client:
            self.view: projection_cases.EventCountersView = CountersInMongo(
                client[self.env["MONGO_DATABASE"]]["counters"]
            )
            yield

    def construct_event_counters_view(self) -> projection_cases.EventCountersView:
        return self.view


class TestAggregateEventCountersProjection(_OnADatabase, projection_cases.AggregateEventCountersProjectionTestCase):
    view_class = CountersInMongo

    @pytest.fixture(autouse=True)
    def _close_views(self) -> Iterator[None]:
        yield
        while CountersInMongo.opened:  # the library's runner closes its application, but not its view
            CountersInMongo.opened.pop().positions.database.client.close()


class TestEventSourcedProjection(_OnADatabase, projection_cases.EventSourcedProjectionTestCase):
    pass
