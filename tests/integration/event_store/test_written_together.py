"""Processes of one machine write each other's saves, and everybody is told the truth about his own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any
from uuid import UUID

import pytest
from eventsourcing.persistence import IntegrityError, StoredEvent
from pymongo.collection import Collection

from infra.event_store import LogReader, chain_breaks, meeting, turns, writing
from infra.event_store.connection import server_of
from infra.event_store.drafting import Drafter, Head, as_word, from_word
from infra.event_store.meeting import Meeting
from infra.event_store.recorder import LogRecorder
from infra.event_store.saving import Save
from infra.event_store.turns import Turns
from infra.event_store.writing import CommitWriter
from infra.kernel.ids import new_id
from infra.local.mongod import Mongod

pytestmark = pytest.mark.servers

Events = Collection[dict[str, Any]]
ROOT = Path(__file__).parents[3]


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder with a short name: that of a socket in it may have no more than 108 letters."""
    with TemporaryDirectory(prefix="m") as folder:
        yield Path(folder)


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


def test_saves_that_were_offered_together_are_found_in_the_log_together(place: Path) -> None:
    one = Meeting(place / "m")
    offered, other = [Save([an_event(1, new_id())], None) for _ in range(3)], Save([an_event(1, new_id())], None)
    with one.offered("here", offered):
        drafter = Drafter(lambda _: None)
        written, again = drafter.draft([other, *offered[:2]], Head()), drafter.draft([*offered, other], Head())
    assert written is not None
    assert again is not None

    assert again.recognise(written.documents[0])

    assert [save.positions for save in offered] == [[2], [3], None]
    assert not other.settled
    assert not again.recognise(written.documents[0] | {"c": b"of others"})


@pytest.mark.parametrize("contested_at", [0, 1])
def test_of_offers_that_share_a_version_one_is_written_and_nobody_takes_the_others_event_for_his_own(
    events: Events, place: Path, monkeypatch: pytest.MonkeyPatch, contested_at: int
) -> None:
    monkeypatch.setattr(Turns, "contended", property(lambda _: True))
    for module in (meeting, turns):
        monkeypatch.setattr(module, "shared_place", lambda: place)
    server, contested = server_of(events.database.client), new_id()
    assert server

    def saves_of(name: bytes) -> list[Save]:
        subjects = [new_id(), new_id()]
        subjects[contested_at] = contested
        return [Save([StoredEvent(subject, 1, "a.topic", name)], None) for subject in subjects]

    one, other = Meeting.on(events.database.name), Meeting.on(events.database.name)
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


def test_an_offer_is_seen_by_those_of_the_same_server_until_it_is_withdrawn_or_too_old(place: Path) -> None:
    one, other = Meeting(place / "m"), Meeting(place / "m")
    save = Save([an_event(1, new_id())], None)
    with other.offered("here", [Save([an_event(1, new_id())], None)]) as own, one.offered("here", [save]):
        assert own is not None
        (seen,) = other.others(own)
        assert [each.events for each in seen.saves] == [save.events]
        assert seen.path.stat().st_mode & 0o777 == 0o600
        until = monotonic() + 5
        while other.others(own) and monotonic() < until:
            pass
        assert other.others(own) == []
    with other.offered("there", []) as own, one.offered("here", [save]):
        assert own is not None
        assert other.others(own) == []


def test_an_answer_settles_what_was_offered(place: Path) -> None:
    one, other = Meeting(place / "m"), Meeting(place / "m")
    saves = [Save([an_event(1, new_id()), an_event(2, new_id())], None), Save([an_event(1, new_id())], None)]
    with one.offered("here", saves) as offer, other.offered("here", []) as own:
        assert offer is not None
        assert own is not None
        (seen,) = other.others(own)
        seen.saves[0].succeed(7)
        seen.saves[1].fail(IntegrityError())
        other.ring("here")
        other.answer([seen])
        assert one.listen(offer, 5)
    assert saves[0].positions == [7, 8]
    assert isinstance(saves[1].error, IntegrityError)


def test_what_killed_processes_left_is_removed(place: Path) -> None:
    living = Meeting(place / "m")
    with living.offered("here", []):
        before = set((place / "m").iterdir())
        for name in ("here.0.aa.offer", "here.0.ab.new", "ear.0"):
            (place / "m" / name).touch()
        newcomer = Meeting(place / "m")
        assert len(set((place / "m").iterdir()) - before) == 1
        assert before < set((place / "m").iterdir())
        del newcomer
    del living
    assert not (place / "m").exists()


def test_a_folder_that_others_may_enter_is_not_used(place: Path) -> None:
    (place / "m").mkdir(mode=0o755)
    with pytest.raises(PermissionError):
        Meeting(place / "m")


def test_a_turn_whose_file_others_may_write_is_not_used(tmp_path: Path) -> None:
    file = tmp_path / f"a_log.{os.geteuid()}.turn"
    with Turns("a_log", tmp_path).turn_at_once() as turn:
        assert turn is not None
        turn.leave(b"a word")
    file.chmod(0o666)
    with Turns("a_log", tmp_path).turn_at_once() as turn:
        assert turn is None


def test_a_head_is_passed_on_only_to_who_writes_to_the_same_server_and_only_while_it_is_durable() -> None:
    here, there = "a" * 24, "b" * 24
    head = Head(7, b"h" * 32)

    assert from_word(as_word(head, here), here) == head
    assert from_word(as_word(head, here), there) is None
    assert as_word(Head(7, b"h" * 32, durable=False), here) == b""
    assert from_word(b"", here) is None
