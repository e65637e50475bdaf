"""Many writers, of one process and of several, and what each of them is told."""

import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from eventsourcing.persistence import DataError, IntegrityError, StoredEvent
from pymongo.collection import Collection

from infra.event_store import LogReader, chain_breaks
from infra.event_store.recorder import LogRecorder
from infra.kernel.ids import new_id
from infra.local.mongod import Mongod

pytestmark = pytest.mark.servers

Events = Collection[dict[str, Any]]
ROOT = Path(__file__).parents[3]


def an_event(version: int, subject: UUID, state: bytes = b"{}") -> StoredEvent:
    return StoredEvent(subject, version, "a.topic", state)


def is_whole(events: Events) -> bool:
    """Tell whether the chain holds and positions have no gaps."""
    return list(chain_breaks(LogReader(events).commits(0, 100_000))) == []


@pytest.mark.parametrize("processes", [1, 4])
def test_of_several_writers_of_one_version_exactly_one_wins(events: Events, processes: int) -> None:
    recorders = [LogRecorder(events) for _ in range(processes)]
    subject, versions, writers = new_id(), 25, 8

    def race(writer: int) -> list[int]:
        won = []
        for version in range(1, versions + 1):
            try:
                recorders[writer % processes].insert_events([an_event(version, subject)])
            except IntegrityError:
                continue
            won.append(version)
        return won

    with ThreadPoolExecutor(writers) as threads:
        won = Counter(version for versions_won in threads.map(race, range(writers)) for version in versions_won)

    assert won == Counter(range(1, versions + 1))
    assert [event.originator_version for event in recorders[0].select_events(subject)] == list(range(1, versions + 1))
    assert is_whole(events)


def test_processes_that_write_at_once_leave_no_gap_and_one_chain(mongod: Mongod, events: Events) -> None:
    script = Path(__file__).with_name("writer_process.py")
    command = [sys.executable, str(script), mongod.url, events.database.name, "4", "25"]
    writers = [
        subprocess.Popen(command, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE) for _ in range(3)
    ]
    for writer in writers:
        _, errors = writer.communicate(timeout=60)
        assert (writer.returncode, errors) == (0, b"")

    entries = LogReader(events).page(0)
    assert [entry.position for entry in entries] == list(range(1, 301))
    assert is_whole(events)


def test_one_conflict_in_a_group_harms_nobody_else(events: Events) -> None:
    recorder = LogRecorder(events)
    taken = new_id()
    recorder.insert_events([an_event(1, taken)])
    subjects = [taken if number % 4 == 0 else new_id() for number in range(40)]

    def save(subject: UUID) -> bool:
        try:
            recorder.insert_events([an_event(1, subject)])
        except IntegrityError:
            return False
        return True

    with ThreadPoolExecutor(16) as threads:
        saved = list(threads.map(save, subjects))

    assert saved == [subject != taken for subject in subjects]
    assert LogReader(events).head() == 31
    assert is_whole(events)


def test_a_save_of_one_version_twice_is_refused(events: Events) -> None:
    subject = new_id()

    with pytest.raises(IntegrityError, match="two events of one version"):
        LogRecorder(events).insert_events([an_event(1, subject), an_event(1, subject)])

    assert LogReader(events).head() == 0


def test_a_save_larger_than_a_document_is_saved_whole(events: Events) -> None:
    recorder, subject = LogRecorder(events), new_id()
    megabytes = b" " * (5 * 1024 * 1024)

    positions = recorder.insert_events([an_event(version, subject, megabytes) for version in range(1, 6)])

    assert positions == [1, 2, 3, 4, 5]
    assert recorder.insert_events([an_event(6, subject)]) == [6]
    assert [len(commit.entries) for commit in LogReader(events).commits(0, 10)] == [2, 2, 1, 1]
    assert is_whole(events)


def test_a_save_larger_than_a_document_that_meets_a_version_is_refused_whole(events: Events) -> None:
    recorder, subject = LogRecorder(events), new_id()
    megabytes = b" " * (5 * 1024 * 1024)
    recorder.insert_events([an_event(5, subject)])

    with pytest.raises(IntegrityError):
        recorder.insert_events([an_event(version, subject, megabytes) for version in range(1, 6)])

    assert LogReader(events).head() == 1


def test_an_event_larger_than_a_document_is_refused(events: Events) -> None:
    with pytest.raises(DataError, match="keep files in the file store"):
        LogRecorder(events).insert_events([an_event(1, new_id(), b" " * (16 * 1024 * 1024))])

    assert LogReader(events).head() == 0
