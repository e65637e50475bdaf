"""An inbox whose server says "not now": nothing is parked, nothing is passed over, and the same run comes again."""

from collections.abc import Iterator
from typing import Any

import pytest
from pymongo.database import Database
from pymongo.errors import PyMongoError

from infra.event_store import connect
from infra.messaging.inbox import Inbox
from infra.messaging.outages import is_unanswered
from infra.messaging.parked import Parked
from infra.read_store.positions import Positions
from infra.read_store.rows import Put, Rows
from tests.builders.mortal_servers import MortalMongod, running
from tests.builders.reader import event

pytestmark = pytest.mark.servers
NOT_NOW = [134, 262, 14031]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MortalMongod]:
    with running(MortalMongod(tmp_path_factory.mktemp("mongod"))) as made:
        yield made


@pytest.fixture
def store(server: MortalMongod) -> Iterator[Database[dict[str, Any]]]:
    with connect(server.url) as client:
        yield client["reader"]
        client.drop_database("reader")


def fail_once(store: Database[dict[str, Any]], command: str, collection: str, code: int) -> None:
    """Let the server answer the next such commands on a collection with an error; the driver repeats some of them once."""
    data = {"failCommands": [command], "errorCode": code, "namespace": f"{store.name}.{collection}"}
    store.client.admin.command({"configureFailPoint": "failCommand", "mode": {"times": 2}, "data": data})


def an_inbox(store: Database[dict[str, Any]]) -> Inbox:
    rows = Rows(store["rows"])

    def react(run: Any) -> None:
        rows.apply(Put(str(each.position), {"n": 1}, each.position) for each in run)

    return Inbox("content", Positions(store), Parked(store["parked"]), lambda _after, _limit: [], react)


@pytest.mark.parametrize("code", NOT_NOW)
@pytest.mark.parametrize(("command", "collection"), [("update", "rows"), ("find", "parked"), ("update", "positions")])
def test_what_passes_parks_nothing_and_the_same_run_comes_again(
    store: Database[dict[str, Any]], command: str, collection: str, code: int
) -> None:
    inbox, parked = an_inbox(store), Parked(store["parked"])
    store["parked"].insert_one({"service": "another"})
    fail_once(store, command, collection, code)

    with pytest.raises(PyMongoError) as raised:
        inbox.receive([event(1)])

    store.client.admin.command({"configureFailPoint": "failCommand", "mode": "off"})
    assert is_unanswered(raised.value)
    assert parked.waiting("content") == []
    assert inbox.positions.get(inbox.name) == 0
    inbox.receive([event(1)])
    assert inbox.positions.get(inbox.name) == 1
    assert parked.waiting("content") == []
