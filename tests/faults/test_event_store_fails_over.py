"""The event store on three servers, when the one that takes writes is killed or gives up its office under load."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pymongo.collection import Collection

from infra.event_store import EVENTS, connect, create_log
from infra.event_store.recorder import LogRecorder
from tests.builders.burst import burst_of
from tests.builders.three_mongods import ReplicaSet, replica_set

pytestmark = [pytest.mark.servers, pytest.mark.faults]

Events = Collection[dict[str, Any]]
SAVES_BETWEEN_FAULTS = 200


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[ReplicaSet]:
    with replica_set(tmp_path) as made:
        yield made


@pytest.fixture
def events(servers: ReplicaSet) -> Iterator[Events]:
    with connect(servers.url) as client:
        create_log(client["content_log"])
        yield client["content_log"][EVENTS]


@pytest.fixture
def another_process(servers: ReplicaSet, events: Events) -> Iterator[Events]:
    """The same log, seen through connections of its own, as another process has them."""
    with connect(servers.url) as client:
        yield client[events.database.name][EVENTS]


@pytest.mark.long
def test_no_acknowledged_event_is_lost_while_primaries_are_killed_and_step_down(
    servers: ReplicaSet, events: Events, another_process: Events
) -> None:
    one, other = LogRecorder(events), LogRecorder(another_process)

    with burst_of(16, one.insert_events) as burst, burst_of(4, other.insert_events) as beside:
        for _ in range(2):
            burst.await_saves(SAVES_BETWEEN_FAULTS)
            killed = servers.kill_primary()
            burst.await_saves(SAVES_BETWEEN_FAULTS)
            servers.restart(killed)
            burst.await_saves(SAVES_BETWEEN_FAULTS)
            servers.step_down()
        burst.await_saves(SAVES_BETWEEN_FAULTS)
        beside.await_saves(SAVES_BETWEEN_FAULTS)

    burst.assert_kept_by(events)
    beside.assert_kept_by(events)
