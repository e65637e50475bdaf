"""The event store when its server is killed, or cannot promise what it wrote."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import Any
from uuid import UUID

import pytest
from eventsourcing.persistence import StoredEvent
from pymongo import MongoClient
from pymongo.collection import Collection

from infra.event_store import EVENTS, LogReader, StoreUnavailable, connect, create_log
from infra.event_store.recorder import LogRecorder
from infra.kernel.ids import new_id
from tests.builders.burst import among, burst_of
from tests.builders.mortal_servers import MortalMongod

pytestmark = [pytest.mark.servers, pytest.mark.faults]

WRITERS = 32
KILLS = 5
SAVES_BETWEEN_KILLS = 200


@pytest.fixture
def client(mortal: MortalMongod) -> Iterator[MongoClient[dict[str, Any]]]:
    with connect(mortal.url) as client:
        yield client


@pytest.fixture
def events(client: MongoClient[dict[str, Any]]) -> Collection[dict[str, Any]]:
    create_log(client["content_log"])
    return client["content_log"][EVENTS]


def written(events: Collection[dict[str, Any]]) -> dict[int, tuple[UUID, int]]:
    entries = LogReader(events).page(0, limit=1_000_000)
    return {entry.position: (entry.originator_id, entry.version) for entry in entries}


@pytest.mark.parametrize("kills", [1, pytest.param(KILLS, marks=pytest.mark.long)])
def test_killing_mongod_in_a_burst_of_saves_loses_nothing_acknowledged_and_doubles_nothing(
    mortal: MortalMongod, events: Collection[dict[str, Any]], kills: int
) -> None:
    with burst_of(WRITERS, *among(events)) as burst:
        for _ in range(kills):
            burst.await_saves(SAVES_BETWEEN_KILLS)
            mortal.kill()
            mortal.start()
        burst.await_saves(SAVES_BETWEEN_KILLS)

    burst.assert_kept_by(events)


def test_while_mongod_is_away_a_save_ends_in_bounded_time_and_says_whether_it_was_sent(
    mortal: MortalMongod, events: Collection[dict[str, Any]]
) -> None:
    recorder = LogRecorder(events)
    recorder.insert_events([StoredEvent(new_id(), 1, "a.topic", b"{}")])
    mortal.kill()

    begun = monotonic()
    with pytest.raises(StoreUnavailable):
        recorder.insert_events([StoredEvent(new_id(), 1, "a.topic", b"{}")])
    with pytest.raises(StoreUnavailable, match="not saved"):
        recorder.insert_events([StoredEvent(new_id(), 1, "a.topic", b"{}")])
    took_s = monotonic() - begun
    mortal.start()
    positions = recorder.insert_events([StoredEvent(new_id(), 1, "a.topic", b"{}")])

    assert took_s < 40
    assert positions == [2]


def test_a_save_whose_majority_could_not_be_promised_is_found_in_the_log(
    client: MongoClient[dict[str, Any]], events: Collection[dict[str, Any]]
) -> None:
    recorder = LogRecorder(events)
    no_promise = {"code": 64, "codeName": "WriteConcernFailed", "errmsg": "waiting for replication timed out"}
    client.admin.command(
        "configureFailPoint",
        "failCommand",
        mode={"times": 3},
        data={"failCommands": ["insert", "aggregate"], "writeConcernError": no_promise},
    )

    with ThreadPoolExecutor(8) as threads:
        subjects = [new_id() for _ in range(40)]
        saves = [threads.submit(recorder.insert_events, [StoredEvent(s, 1, "a.topic", b"{}")]) for s in subjects]
        positions = [save.result(timeout=60) for save in saves]

    log = written(events)
    assert list(log) == list(range(1, 41))
    assert [log[found[0]][0] for found in positions if found] == subjects


def test_a_reader_that_waits_is_told_that_the_store_is_away_and_goes_on_when_it_is_back(
    mortal: MortalMongod, events: Collection[dict[str, Any]]
) -> None:
    recorder, reader = LogRecorder(events), LogReader(events)
    assert not reader.wait(0, timeout_s=0.5)

    mortal.kill()
    with pytest.raises(StoreUnavailable):
        reader.wait(0, timeout_s=20)
    mortal.start()
    recorder.insert_events([StoredEvent(new_id(), 1, "a.topic", b"{}")])

    assert reader.wait(0, timeout_s=20)
    reader.close()
