"""When a write or its answer gets lost on the way, nothing is written twice and nothing acknowledged is lost."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from eventsourcing.persistence import IntegrityError, StoredEvent, Tracking
from pymongo.collection import Collection

from infra.event_store import EVENTS, LogReader, chain_breaks, connect
from infra.event_store.recorder import LogRecorder, ReactingLogRecorder
from infra.kernel.ids import new_id
from infra.local.mongod import Mongod
from tests.integration.event_store.lossy_wire import LossyWire, lossy_wire_to

pytestmark = pytest.mark.servers

Events = Collection[dict[str, Any]]


@pytest.fixture
def wire_and_recorder(mongod: Mongod, events: Events) -> Iterator[tuple[LossyWire, LogRecorder]]:
    with lossy_wire_to(mongod.url) as (wire, url), connect(url) as client:
        yield wire, LogRecorder(client[events.database.name][EVENTS])


def an_event(version: int = 1, subject: Any = None, state: bytes = b"{}") -> StoredEvent:
    return StoredEvent(subject or new_id(), version, "a.topic", state)


@pytest.mark.parametrize(
    "lost",
    [
        ["answer"],
        ["request"],
        ["request"] * 5,
        ["request", "answer"],
        ["request", "request", "request", "answer"],
    ],
)
def test_a_save_of_which_something_got_lost_is_written_once(
    wire_and_recorder: tuple[LossyWire, LogRecorder], events: Events, lost: list[str]
) -> None:
    wire, recorder = wire_and_recorder
    recorder.insert_events([an_event()])

    wire.lose(*lost)
    positions = recorder.insert_events([an_event(), an_event()])
    following = recorder.insert_events([an_event()])

    assert wire.lost_all
    assert (positions, following) == ([2, 3], [4])
    assert [commit.first for commit in LogReader(events).commits(0, 10)] == [1, 2, 4]
    assert list(chain_breaks(LogReader(events).commits(0, 10))) == []


def test_a_group_whose_answers_got_lost_is_written_once_each(
    wire_and_recorder: tuple[LossyWire, LogRecorder], events: Events
) -> None:
    wire, recorder = wire_and_recorder
    subjects = [new_id() for _ in range(40)]
    wire.lose("answer", "request", "request", "answer", "request", "answer")

    with ThreadPoolExecutor(8) as threads:
        positions = list(threads.map(lambda subject: recorder.insert_events([an_event(1, subject)]), subjects))

    entries = LogReader(events).page(0)
    assert [entry.position for entry in entries] == list(range(1, 41))
    assert {entry.originator_id: [entry.position] for entry in entries} == dict(zip(subjects, positions, strict=True))
    assert wire.lost_all


def test_a_lost_race_is_still_told_as_such_when_its_answer_got_lost(
    wire_and_recorder: tuple[LossyWire, LogRecorder], events: Events
) -> None:
    wire, recorder = wire_and_recorder
    subject = new_id()
    recorder.insert_events([an_event(1, subject)])
    wire.lose("answer", "request", "answer")

    with pytest.raises(IntegrityError):
        recorder.insert_events([an_event(1, subject)])

    assert recorder.max_notification_id() == 1
    assert LogReader(events).head() == 1


def test_a_reaction_that_came_late_is_not_told_that_its_position_was_handled_before(
    mongod: Mongod, events: Events
) -> None:
    with lossy_wire_to(mongod.url) as (wire, url), connect(url) as client:
        recorder = ReactingLogRecorder(client[events.database.name][EVENTS])
        recorder.insert_events([an_event()], tracking=Tracking("upstream", 1))
        wire.deliver_late_before(b"k.a\x00")
        wire.lose("late", "request")

        positions = recorder.insert_events([an_event()], tracking=Tracking("upstream", 2))

        assert wire.lost_all
        assert positions == [2]
        assert LogReader(events).head() == 2
        with pytest.raises(IntegrityError):
            recorder.insert_events([an_event()], tracking=Tracking("upstream", 2))


def test_a_very_large_save_whose_answers_got_lost_is_written_once(
    wire_and_recorder: tuple[LossyWire, LogRecorder], events: Events
) -> None:
    wire, recorder = wire_and_recorder
    subject, megabytes = new_id(), b" " * (7 * 1024 * 1024)
    wire.lose("answer", "answer")

    positions = recorder.insert_events([an_event(version, subject, megabytes) for version in (1, 2, 3)])

    assert positions == [1, 2, 3]
    assert [commit.first for commit in LogReader(events).commits(0, 10)] == [1, 2, 3]
