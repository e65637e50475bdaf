"""The event store when its server stands still, and when the way to it delays, slices, cuts, tears and resets."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import Any

import pytest
from eventsourcing.persistence import StoredEvent
from pymongo.collection import Collection

from infra.event_store import EVENTS, LogReader, StoreUnavailable, connect, create_log
from infra.event_store.recorder import LogRecorder
from infra.kernel.ids import new_id
from infra.local.mongod import Mongod
from tests.builders.burst import among, burst_of
from tests.builders.mortal_servers import MortalMongod
from tests.builders.tcp_proxy import TcpProxy, tcp_proxy_to
from tests.builders.waiting import until

pytestmark = [pytest.mark.servers, pytest.mark.faults]

Events = Collection[dict[str, Any]]
LONGEST_ANSWER_S = 45
"""Two time-outs of a socket: one of the save that was on its way, one of the look for what became of it."""


@pytest.fixture
def wire(mongod: Mongod) -> Iterator[tuple[TcpProxy, Events]]:
    """A wire to the tests' server, and a log at its other end."""
    database = f"test_{new_id().hex[:8]}_log"
    with (
        connect(mongod.url) as near,
        tcp_proxy_to(mongod.url, "directConnection=true&authSource=admin") as (proxy, through),
        connect(through) as far,
    ):
        create_log(near[database])
        yield proxy, far[database][EVENTS]
        near.drop_database(database)


def an_event() -> StoredEvent:
    return StoredEvent(new_id(), 1, "a.topic", b"{}")


@pytest.mark.parametrize("seconds", [3, pytest.param(30, marks=pytest.mark.long)])
def test_while_mongod_stands_still_saves_end_in_bounded_time_and_go_on_afterwards_by_themselves(
    mortal: MortalMongod, seconds: float
) -> None:
    writers = 16
    with connect(mortal.url) as client:
        create_log(client["content_log"])
        events = client["content_log"][EVENTS]
        with burst_of(writers, *among(events)) as burst:
            burst.await_saves(100)
            threads = threading.active_count()
            with mortal.stopped():
                threading.Event().wait(seconds)  # the fault itself is a length of time
                during = threading.active_count()
            burst.await_saves(100)

        burst.assert_kept_by(events)
        assert during <= threads + 2  # the driver may open a connection to look whether the server is there


@pytest.mark.long
def test_a_save_to_a_server_that_stands_still_says_that_the_store_is_unavailable(mortal: MortalMongod) -> None:
    with connect(mortal.url) as client:
        create_log(client["content_log"])
        recorder = LogRecorder(client["content_log"][EVENTS])
        recorder.insert_events([an_event()])
        with mortal.stopped(), ThreadPoolExecutor(8) as threads:
            begun = monotonic()
            saves = [threads.submit(recorder.insert_events, [an_event()]) for _ in range(8)]
            for save in saves:
                with pytest.raises(StoreUnavailable, match=r"outcome unknown|not saved"):
                    save.result(timeout=2 * LONGEST_ANSWER_S)
            took_s = monotonic() - begun

        assert took_s < LONGEST_ANSWER_S
        assert recorder.insert_events([an_event()]) is not None


def test_a_slow_wire_that_slices_everything_only_slows_saves_down(wire: tuple[TcpProxy, Events]) -> None:
    proxy, events = wire
    with burst_of(8, *among(events)) as burst:
        burst.await_saves(20)
        proxy.piece_bytes = 100
        proxy.delay_s = 0.005
        burst.await_saves(50)
        proxy.delay_s = 0

    burst.assert_kept_by(events)
    assert sum(saver.unavailable for saver in burst.savers) == 0


@pytest.mark.parametrize("fault", ["cut", "reset"])
def test_saves_go_on_over_new_connections_when_all_are_broken_again_and_again(
    wire: tuple[TcpProxy, Events], fault: str
) -> None:
    proxy, events = wire
    with burst_of(8, *among(events)) as burst:
        for _ in range(10):
            burst.await_saves(30)
            getattr(proxy, fault)()
        burst.await_saves(30)

    burst.assert_kept_by(events)


def test_messages_torn_at_any_byte_lose_and_double_nothing(wire: tuple[TcpProxy, Events]) -> None:
    proxy, events = wire
    with burst_of(4, *among(events)) as burst:
        for torn_at in range(300, 9_000, 377):
            proxy.break_after(torn_at)
            until(lambda: proxy.has_broken, timeout_s=30)
        burst.await_saves(30)

    burst.assert_kept_by(events)


def test_while_nobody_gets_through_saves_are_refused_and_afterwards_they_go_on(wire: tuple[TcpProxy, Events]) -> None:
    proxy, events = wire
    recorder = LogRecorder(events)
    recorder.insert_events([an_event()])

    proxy.refuse()
    with pytest.raises(StoreUnavailable):
        recorder.insert_events([an_event()])
    proxy.accept()

    before = LogReader(events).head()
    assert recorder.insert_events([an_event()]) == [before + 1]
