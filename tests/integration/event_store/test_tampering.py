"""Whoever changes a log behind our back is seen, with the position."""

from collections.abc import Callable
from typing import Any

import pytest
from eventsourcing.persistence import StoredEvent
from pymongo.collection import Collection

from infra.event_store import LogReader, chain_breaks
from infra.event_store.recorder import LogRecorder
from infra.kernel.ids import new_id

pytestmark = pytest.mark.servers

Events = Collection[dict[str, Any]]


def change_a_byte(events: Events) -> None:
    events.update_one({"_id": 3}, {"$set": {"e.1.s": b'{"a":2}'}})


def change_a_byte_and_its_hash(events: Events) -> None:
    events.update_one({"_id": 3}, {"$set": {"e.1.s": b'{"a":2}', "h": bytes(32)}})


def delete_a_commit(events: Events) -> None:
    events.delete_one({"_id": 3})


def swap_two_commits(events: Events) -> None:
    one, other = events.find_one({"_id": 1}), events.find_one({"_id": 3})
    assert one is not None
    assert other is not None
    events.delete_many({"_id": {"$in": [1, 3]}})
    events.insert_many([{**one, "_id": 3}, {**other, "_id": 1}])


@pytest.mark.parametrize(
    ("tamper", "positions"),
    [
        (change_a_byte, {3}),
        (change_a_byte_and_its_hash, {3, 5}),
        (delete_a_commit, {3}),
        (swap_two_commits, {1, 3, 5}),
    ],
)
def test_tampering_is_seen_with_its_position(
    events: Events, tamper: Callable[[Events], None], positions: set[int]
) -> None:
    recorder = LogRecorder(events)
    for _ in range(4):
        subject = new_id()
        recorder.insert_events([StoredEvent(subject, version, "a.topic", b'{"a":1}') for version in (1, 2)])
    assert list(chain_breaks(LogReader(events).commits(0, 10))) == []

    tamper(events)

    assert {found.position for found in chain_breaks(LogReader(events).commits(0, 10))} == positions


@pytest.mark.parametrize("place", [0, -1, "x", float("nan")])
def test_what_is_put_beside_the_log_never_decides_anything(events: Events, place: object) -> None:
    recorder, subject = LogRecorder(events), new_id()
    recorder.insert_events([StoredEvent(subject, 1, "a.topic", b"{}")])

    events.insert_one({"_id": place, "e": [{"o": subject, "v": 2, "t": "a.topic", "s": b"{}"}]})

    assert [event.originator_version for event in recorder.select_events(subject)] == [1]
