"""The event store on three servers, when the one that takes writes is killed or gives up its office under load."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from eventsourcing.persistence import StoredEvent
from pymongo.collection import Collection
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from infra.event_store import EVENTS, LogEntry, LogReader, chain_breaks, connect, create_log, writing
from infra.event_store.appending import NOW
from infra.event_store.commit import as_document, sealed
from infra.event_store.connection import COMMITTED
from infra.event_store.recorder import LogRecorder
from infra.kernel.ids import new_id
from tests.builders.burst import burst_of
from tests.builders.three_mongods import ReplicaSet
from tests.builders.waiting import until

pytestmark = [pytest.mark.servers, pytest.mark.faults]

Events = Collection[dict[str, Any]]
SAVES_BETWEEN_FAULTS = 200


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


@pytest.mark.long
def test_what_was_not_durable_vanishes_together_with_what_was_built_on_it_and_nobody_was_answered(
    servers: ReplicaSet, events: Events, another_process: Events, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "PATIENCE_S", 60)  # an election on a busy machine takes its time
    one, other = LogRecorder(events), LogRecorder(another_process)
    for recorder in (one, other):
        recorder.insert_events([an_event(new_id())])
    contested, unrelated = new_id(), new_id()
    servers.hold_replication()
    insert_without_waiting(events, contested)

    with ThreadPoolExecutor(2) as threads:
        refused_perhaps = threads.submit(one.insert_events, [an_event(contested)])
        built_on_it = threads.submit(other.insert_events, [an_event(unrelated)])
        until(lambda: last_position(events, NOW) == 4)
        assert last_position(events, COMMITTED) == 2
        assert not refused_perhaps.done()
        assert not built_on_it.done()
        killed = servers.kill_primary()
        servers.release_replication()
        positions = [save.result(timeout=60) for save in (refused_perhaps, built_on_it)]

    assert sorted(positions) == [[3], [4]]
    entries = {entry.originator_id: [entry.position] for entry in LogReader(events).page(2)}
    assert entries == {contested: positions[0], unrelated: positions[1]}
    servers.restart(killed)
    following = one.insert_events([an_event(new_id())])
    assert following == [5]
    assert list(chain_breaks(LogReader(events).commits(0, 10))) == []


def an_event(subject: UUID) -> StoredEvent:
    return StoredEvent(subject, 1, "a.topic", b"{}")


def insert_without_waiting(events: Events, subject: UUID) -> None:
    """Write a commit as a process does that is killed before the majority has it."""
    last = LogReader(events).commits(0, 10)[-1]
    commit = sealed(last.last + 1, [LogEntry(last.last + 1, subject, 1, "a.topic", b"{}")], None, last.hash)
    events.with_options(write_concern=WriteConcern(w=1)).insert_one(as_document(commit, b"nobody's", None))


def last_position(events: Events, concern: ReadConcern) -> int:
    last = events.with_options(read_concern=concern).find_one({}, {"_id": 1}, sort=[("_id", -1)])
    return 0 if last is None else int(last["_id"])
