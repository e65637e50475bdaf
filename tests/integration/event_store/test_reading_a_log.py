from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import Any
from uuid import UUID

import pytest
from eventsourcing.persistence import StoredEvent
from pymongo import MongoClient
from pymongo.collection import Collection
from pymongo.database import Database

from infra.event_store import EVENTS, LogReader, chain_breaks, connect
from infra.event_store.recorder import LogRecorder
from infra.kernel.ids import new_id
from infra.local.mongod import Mongod
from infra.local.provision import with_user

pytestmark = pytest.mark.servers


def fill(events: Collection[dict[str, Any]], *sizes: int) -> list[UUID]:
    """Save commits with so many events each; return whose events they are."""
    recorder = LogRecorder(events)
    subjects = [new_id() for _ in sizes]
    for subject, size in zip(subjects, sizes, strict=True):
        recorder.insert_events([StoredEvent(subject, v, "a.topic", b"{}") for v in range(1, size + 1)])
    return subjects


def test_an_empty_log_has_nothing_to_read(events: Collection[dict[str, Any]]) -> None:
    reader = LogReader(events)

    assert (reader.head(), reader.page(0), reader.page(7), reader.commits(0, 5)) == (0, [], [], [])


def test_pages_follow_each_other_without_gap_wherever_they_cut_a_commit(events: Collection[dict[str, Any]]) -> None:
    fill(events, 1, 5, 2, 1, 4)
    reader = LogReader(events)

    for size in range(1, 15):
        positions: list[int] = []
        while page := reader.page(positions[-1] if positions else 0, limit=size):
            assert len(page) <= size
            positions += [entry.position for entry in page]
        assert positions == list(range(1, 14))
    assert reader.head() == 13


def test_an_entry_says_whose_it_is_and_what(events: Collection[dict[str, Any]]) -> None:
    (subject,) = fill(events, 2)

    entry = LogReader(events).page(1)[0]

    assert (entry.position, entry.originator_id, entry.version) == (2, subject, 2)
    assert (entry.topic, entry.state) == ("a.topic", b"{}")


def test_commits_are_read_as_they_were_stored(events: Collection[dict[str, Any]]) -> None:
    fill(events, 1, 3, 2)
    reader = LogReader(events)

    commits = reader.commits(0, limit=10)

    assert [(commit.first, commit.last) for commit in commits] == [(1, 1), (2, 4), (5, 6)]
    assert list(chain_breaks(commits)) == []
    assert list(chain_breaks(reader.commits(1, limit=10), after=1, previous=commits[0].hash)) == []


def test_waiting_ends_when_the_time_is_over(events: Collection[dict[str, Any]]) -> None:
    reader = LogReader(events)

    assert not reader.wait(0, timeout_s=0.1)
    reader.close()


def test_waiting_does_not_begin_when_there_is_something_to_read(events: Collection[dict[str, Any]]) -> None:
    fill(events, 1)

    assert LogReader(events).wait(0, timeout_s=0)


def test_a_new_commit_wakes_whoever_waits_again_and_again(events: Collection[dict[str, Any]]) -> None:
    reader = LogReader(events)
    with ThreadPoolExecutor(1) as other_thread:
        for position in range(3):
            waiting = other_thread.submit(reader.wait, position, 10)
            begun = monotonic()
            fill(events, 1)

            assert waiting.result(timeout=10)
            assert monotonic() - begun < 5
    reader.close()


def test_without_the_right_to_a_change_stream_waiting_still_works(
    mongod: Mongod, store: MongoClient[dict[str, Any]], log: Database[dict[str, Any]]
) -> None:
    name = log.name
    find_only = {"resource": {"db": name, "collection": EVENTS}, "actions": ["find"]}
    store.admin.command("createRole", name, privileges=[find_only], roles=[])
    store.admin.command("createUser", name, pwd="a password", roles=[name])
    with (
        connect(with_user(mongod.url, name, "a password", authSource="admin")) as client,
        ThreadPoolExecutor(1) as other,
    ):
        waiting = other.submit(LogReader(client[name][EVENTS]).wait, 0, 10)
        fill(log[EVENTS], 1)

        assert waiting.result(timeout=10)
    store.admin.command("dropUser", name)
    store.admin.command("dropRole", name)
