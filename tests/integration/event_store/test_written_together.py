"""Processes of one machine write each other's saves, and everybody is told the truth about his own."""

import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from eventsourcing.persistence import IntegrityError, StoredEvent
from eventsourcing.utils import Environment
from pymongo.collection import Collection

from infra.event_store import EVENTS, LogReader, chain_breaks, connect, meeting, turns, writing
from infra.event_store.connection import server_of
from infra.event_store.factory import MongoFactory
from infra.event_store.meeting import Meeting, Offer
from infra.event_store.recorder import LogRecorder
from infra.event_store.saving import Save
from infra.event_store.turns import Turns
from infra.event_store.writing import CommitWriter
from infra.kernel.ids import new_id
from infra.local.mongod import Mongod
from tests.integration.event_store.lossy_wire import lossy_wire_to

pytestmark = pytest.mark.servers

Events = Collection[dict[str, Any]]
ROOT = Path(__file__).parents[3]


@pytest.fixture
def always_beside_others(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let writers in this process offer what they save, from the first save on, in a place of their own."""
    monkeypatch.setattr(Turns, "contended", property(lambda _: True))
    for module in (meeting, turns):
        monkeypatch.setattr(module, "shared_place", lambda: place)


def an_event(version: int, subject: UUID) -> StoredEvent:
    return StoredEvent(subject, version, "a.topic", b"{}")


def started(mongod: Mongod, events: Events, saves: int, place: Path, *fate: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-W", "ignore", "-m", "tests.builders.meeting_process", mongod.url, events.database.name]
    return subprocess.Popen(
        [*command, str(saves), str(place), *fate],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def begin(*processes: subprocess.Popen[bytes]) -> None:
    """Let them save at the same time, however long each took to start."""
    for process in processes:
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
    for process in processes:
        assert process.stdin
        process.stdin.write(b"\n")
        process.stdin.flush()


def told_by(process: subprocess.Popen[bytes]) -> tuple[UUID, list[list[int]]]:
    answer, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, b"")
    subject, positions = json.loads(answer)
    return UUID(subject), positions


def assert_true(events: Events, subject: UUID, told: list[list[int]]) -> None:
    """Each save is in the log once, where its writer was told."""
    entries = [entry for entry in LogReader(events).page(0, 100_000) if entry.originator_id == subject]
    assert [([entry.position], entry.version) for entry in entries] == [(at, n) for n, at in enumerate(told, 1)]


def is_whole(events: Events) -> bool:
    return list(chain_breaks(LogReader(events).commits(0, 100_000))) == []


def test_processes_of_one_writer_green_or_not_share_commits_and_each_is_told_its_positions(
    mongod: Mongod, events: Events, place: Path
) -> None:
    processes = [started(mongod, events, 100, place, *threads) for threads in ([], [], ["green"], ["green"])]
    begin(*processes)
    for process in processes:
        assert_true(events, *told_by(process))

    commits = LogReader(events).commits(0, 1_000)
    assert sum(len(commit.entries) for commit in commits) == 400
    assert any(len({entry.originator_id for entry in commit.entries}) > 1 for commit in commits)
    assert is_whole(events)


def test_processes_that_find_no_common_place_are_told_the_truth_as_well(
    mongod: Mongod, events: Events, place: Path
) -> None:
    places = [place / "one", place / "other", place / "none"]
    for each in places[:2]:
        each.mkdir()
    processes = [started(mongod, events, 50, each) for each in places]
    begin(*processes)
    for process in processes:
        assert_true(events, *told_by(process))

    assert LogReader(events).head() == 150
    assert is_whole(events)


def test_who_dies_with_the_saves_of_others_written_leaves_them_in_doubt_and_they_are_told_the_truth(
    mongod: Mongod, events: Events, place: Path
) -> None:
    survivors = [started(mongod, events, 400, place) for _ in range(2)]
    dying = [started(mongod, events, 2_000, place, "die") for _ in range(2)]
    begin(*survivors, *dying)

    for survivor in survivors:
        assert_true(events, *told_by(survivor))
    deaths = [(process.communicate(timeout=60)[1], process.returncode) for process in dying]
    assert (b"", -9) in deaths  # the last one left may find nobody whose saves it could write
    assert is_whole(events)


@pytest.mark.parametrize("fate", ["late", "silent"])
def test_who_stops_with_the_saves_of_others_in_hand_keeps_nobody_and_nothing_is_written_twice(
    mongod: Mongod, events: Events, place: Path, fate: str
) -> None:
    stopping = started(mongod, events, 200, place, fate)
    others = [started(mongod, events, 200, place) for _ in range(2)]
    begin(stopping, *others)

    _, status = os.waitpid(stopping.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status)
    for other in others:
        assert_true(events, *told_by(other))
    stopping.send_signal(signal.SIGCONT)

    assert_true(events, *told_by(stopping))
    assert LogReader(events).head() == 600
    assert is_whole(events)


def test_of_saves_of_one_version_written_together_exactly_one_is_refused(events: Events) -> None:
    recorders = [LogRecorder(events) for _ in range(4)]
    contested, versions = new_id(), 40

    def write(recorder: LogRecorder) -> tuple[list[int], int]:
        won, own = list[int](), new_id()
        for version in range(1, versions + 1):
            recorder.insert_events([an_event(version, own)])
            try:
                recorder.insert_events([an_event(version, contested)])
            except IntegrityError:
                continue
            won.append(version)
        return won, len(recorder.select_events(own))

    with ThreadPoolExecutor(4) as threads:
        told = list(threads.map(write, recorders))

    assert sorted(version for won, _ in told for version in won) == list(range(1, versions + 1))
    assert [own for _, own in told] == [versions] * 4
    assert is_whole(events)


def test_whoever_writes_its_own_saves_leaves_them_to_nobody_when_it_gives_the_turn_back(
    events: Events, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = list[list[Path]]()

    class Watched(Meeting):
        def ring(self, server: str) -> None:
            left.append(list(self._folder.glob(f"*.{self._name}.*.offer")))
            super().ring(server)

    monkeypatch.setattr(writing, "Meeting", Watched)

    def write(recorder: LogRecorder) -> None:
        subject = new_id()
        for version in range(1, 51):
            recorder.insert_events([an_event(version, subject)])

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(write, [LogRecorder(events) for _ in range(4)]))

    assert [] in left
    assert all(own == [] for own in left)


@pytest.mark.usefixtures("always_beside_others")
@pytest.mark.parametrize("contested_at", [0, 1])
def test_of_offers_that_share_a_version_one_is_written_and_nobody_takes_the_others_event_for_his_own(
    events: Events, contested_at: int
) -> None:
    server, contested = server_of(events.database.client), new_id()
    assert server

    def saves_of(name: bytes) -> list[Save]:
        subjects = [new_id(), new_id()]
        subjects[contested_at] = contested
        return [Save([StoredEvent(subject, 1, "a.topic", name)], None) for subject in subjects]

    one, other = Meeting.on(events.full_name), Meeting.on(events.full_name)
    assert one
    assert other
    sides = {b"one": saves_of(b"one"), b"other": saves_of(b"other")}
    with one.offered(server, sides[b"one"]) as offer, other.offered(server, sides[b"other"]) as other_offer:
        assert offer
        assert other_offer
        CommitWriter(events).write([Save([an_event(1, new_id())], None)])
        one.listen(offer, 0.0)
        other.listen(other_offer, 0.0)
    again = CommitWriter(events)
    for saves in sides.values():  # who has heard nothing tries by himself
        again.write([save for save in saves if not save.settled])

    entries = {entry.position: entry.state for entry in LogReader(events).page(0)}
    told = {position: name for name, saves in sides.items() for save in saves for position in save.positions or []}
    refused = [save for saves in sides.values() for save in saves if isinstance(save.error, IntegrityError)]
    assert {position: state for position, state in entries.items() if state != b"{}"} == told
    assert len(told) == 3
    assert [save.events[0].originator_id for save in refused] == [contested]
    assert is_whole(events)


def test_logs_that_share_a_database_have_nothing_to_do_with_each_other(mongod: Mongod, events: Events) -> None:
    def recorder(name: str) -> LogRecorder:
        made = MongoFactory(Environment(name, {"MONGO_URL": mongod.url, "MONGO_DATABASE": events.database.name}))
        recorder = made.application_recorder()
        assert isinstance(recorder, LogRecorder)
        return recorder

    def write(recorder: LogRecorder) -> dict[int, UUID]:
        subject = new_id()
        saves = (recorder.insert_events([an_event(version, subject)]) for version in range(1, 101))
        return {position: subject for positions in saves for position in positions or []}

    recorders = [recorder(name) for name in ("Alpha", "Alpha", "Beta", "Beta")]
    with ThreadPoolExecutor(4) as threads:
        told = list(threads.map(write, recorders))
    for recorder_of_one in recorders:
        recorder_of_one.events.database.client.close()

    for name, mine in (("alpha", told[0] | told[1]), ("beta", told[2] | told[3])):
        own = events.database[f"{name}_{EVENTS}"]
        assert {entry.position: entry.originator_id for entry in LogReader(own).page(0)} == mine
        assert len(mine) == 200
        assert is_whole(own)


@pytest.mark.usefixtures("always_beside_others")
def test_whoever_is_in_doubt_gives_the_turn_back_at_once(
    mongod: Mongod, events: Events, monkeypatch: pytest.MonkeyPatch
) -> None:
    led = list[Offer]()

    class Counted(Meeting):
        def others(self, own: Offer) -> list[Offer]:
            led.append(own)
            return super().others(own)

    monkeypatch.setattr(writing, "Meeting", Counted)
    with lossy_wire_to(mongod.url) as (wire, url), connect(url) as client:
        recorder = LogRecorder(client[events.database.name][EVENTS])
        recorder.insert_events([an_event(1, new_id())])
        wire.lose("request")
        positions = recorder.insert_events([an_event(1, new_id())])

    assert wire.lost_all
    assert positions == [2]
    assert len(led) == 1  # the first save does not know the server yet, and is not offered
