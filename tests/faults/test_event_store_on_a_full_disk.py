"""The event store when the disk of its server is full."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from eventsourcing.persistence import StoredEvent
from pymongo.collection import Collection

from infra.event_store import EVENTS, LogReader, StoreUnavailable, chain_breaks, connect, create_log
from infra.event_store.recorder import LogRecorder
from infra.kernel.canonical import canonical_json
from infra.kernel.ids import new_id
from tests.builders.burst import burst_of
from tests.builders.mortal_servers import MortalMongod, running
from tests.builders.small_disk import SmallDisk, small_disk
from tests.builders.waiting import until

pytestmark = [pytest.mark.servers, pytest.mark.faults]

A_LONG_TEXT = canonical_json({"body": "văn bản " * 10_000})
"""About 100 KB, so that a disk is full soon."""


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "disk") as mounted:
        yield mounted


@pytest.fixture
def mortal(disk: SmallDisk) -> Iterator[MortalMongod]:
    with running(MortalMongod(disk.path / "mongod")) as mongod:
        yield mongod


@pytest.fixture
def events(mortal: MortalMongod) -> Iterator[Collection[dict[str, Any]]]:
    with connect(mortal.url) as client:
        create_log(client["content_log"])
        yield client["content_log"][EVENTS]


@pytest.mark.long
def test_on_a_full_disk_saves_are_refused_whole_and_the_log_is_intact_once_there_is_room(
    disk: SmallDisk, mortal: MortalMongod, events: Collection[dict[str, Any]]
) -> None:
    recorder, refused = LogRecorder(events), new_id()
    with burst_of(4, recorder.insert_events, state=A_LONG_TEXT) as burst:
        burst.await_saves(50)
        disk.fill(leaving=4_000_000)
        until(lambda: all(saver.unavailable for saver in burst.savers), timeout_s=120)

    with pytest.raises(StoreUnavailable):
        recorder.insert_events([StoredEvent(refused, version, "a.topic", A_LONG_TEXT) for version in range(1, 40)])

    disk.make_room()
    mortal.restart()
    burst.assert_kept_by(events)
    assert len(recorder.select_events(refused)) in {0, 39}
    following = recorder.insert_events([StoredEvent(new_id(), 1, "a.topic", b"{}")])
    assert following == [LogReader(events).head()]
    assert list(chain_breaks(LogReader(events).commits(0, 1_000_000))) == []
