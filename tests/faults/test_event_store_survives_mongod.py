"""The event store when its server is killed, or cannot promise what it wrote."""

import secrets
import subprocess
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any
from uuid import UUID

import pytest
from eventsourcing.persistence import StoredEvent
from pymongo import MongoClient
from pymongo.collection import Collection

from infra.event_store import EVENTS, LogReader, StoreUnavailable, chain_breaks, connect, create_log
from infra.event_store.recorder import LogRecorder
from infra.kernel.ids import new_id
from infra.local.mongod import Mongod
from infra.local.ports import free_ports
from infra.local.programs import start, stop
from tests.builders.waiting import until

pytestmark = [pytest.mark.servers, pytest.mark.faults]

WRITERS = 8
KILLS = 3
SAVES_BETWEEN_KILLS = 200


class MortalMongod:
    """A server of our own that can be killed and started again on the same data."""

    def __init__(self, directory: Path) -> None:
        (port,) = free_ports(1)
        self.server = Mongod(directory, port, secrets.token_urlsafe(12))
        self.process: subprocess.Popen[bytes]

    def start(self) -> None:
        program = self.server.prepare()
        with_failpoints = (*program.command, "--setParameter", "enableTestCommands=1")
        self.process = start(replace(program, command=with_failpoints), self.server.directory / "output")
        self.server.await_ready(lambda: self.process.poll() is None)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[MortalMongod]:
    mongod = MortalMongod(tmp_path)
    mongod.start()
    yield mongod
    stop(mongod.process, timeout_s=5)


@pytest.fixture
def client(mortal: MortalMongod) -> Iterator[MongoClient[dict[str, Any]]]:
    with connect(mortal.server.url) as client:
        yield client


@pytest.fixture
def events(client: MongoClient[dict[str, Any]]) -> Collection[dict[str, Any]]:
    create_log(client["content_log"])
    return client["content_log"][EVENTS]


class Writer:
    """Saves events until it is stopped; remembers what was acknowledged."""

    def __init__(self, recorder: LogRecorder) -> None:
        self._recorder = recorder
        self.acknowledged: dict[int, tuple[UUID, int]] = {}

    def write_until(self, enough: Event) -> None:
        subject, version = new_id(), 1
        while not enough.is_set():
            event = StoredEvent(subject, version, "a.topic", b"{}")
            try:
                positions = self._recorder.insert_events([event])
            except StoreUnavailable:
                subject, version = new_id(), 1  # what became of the last version is unknown
                continue
            assert positions is not None
            self.acknowledged[positions[0]] = (subject, version)
            version += 1


def written(events: Collection[dict[str, Any]]) -> dict[int, tuple[UUID, int]]:
    entries = LogReader(events).page(0, limit=1_000_000)
    return {entry.position: (entry.originator_id, entry.version) for entry in entries}


def test_killing_mongod_in_a_burst_of_saves_loses_nothing_acknowledged_and_doubles_nothing(
    mortal: MortalMongod, events: Collection[dict[str, Any]]
) -> None:
    recorder, enough = LogRecorder(events), Event()
    writers = [Writer(recorder) for _ in range(WRITERS)]

    def acknowledged() -> int:
        return sum(len(writer.acknowledged) for writer in writers)

    with ThreadPoolExecutor(WRITERS) as threads:
        running: list[Future[None]] = [threads.submit(writer.write_until, enough) for writer in writers]
        try:
            for _ in range(KILLS):
                target = acknowledged() + SAVES_BETWEEN_KILLS
                until(lambda target=target: acknowledged() >= target, timeout_s=60)  # type: ignore[misc]
                mortal.kill()
                mortal.start()
            target = acknowledged() + SAVES_BETWEEN_KILLS
            until(lambda: acknowledged() >= target, timeout_s=60)
        finally:
            enough.set()
        for future in running:
            future.result(timeout=60)

    log = written(events)
    assert list(log) == list(range(1, len(log) + 1))
    assert len(set(log.values())) == len(log)
    for writer in writers:
        assert writer.acknowledged.items() <= log.items()
    assert list(chain_breaks(LogReader(events).commits(0, len(log)))) == []


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
        data={"failCommands": ["insert"], "writeConcernError": no_promise},
    )

    with ThreadPoolExecutor(WRITERS) as threads:
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
