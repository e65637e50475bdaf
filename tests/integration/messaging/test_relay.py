"""The relay tells exactly the log, in order, through everything that the broker does."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import pika
import pytest
from pika.adapters.blocking_connection import BlockingChannel
from structlog.testing import capture_logs

from infra.event_store import EVENTS, LogReader, connect
from infra.messaging import lane
from infra.messaging.envelope import BATCH_CONTENT_TYPE, CONTENT_TYPE, Envelope
from infra.messaging.publisher import Publisher
from infra.messaging.reading import read
from infra.messaging.relay import EVENTS_TOLD, NOTED, PAGES, WINDOW, Checkpoint, Relay
from infra.messaging.telling import PAGE_EVENTS
from infra.settings import ServiceSettings
from tests.builders.notices import Notices
from tests.builders.processes import Running
from tests.builders.province import Province
from tests.builders.waiting import until

pytestmark = pytest.mark.servers


class Telling:
    """A service with a log and a relay."""

    def __init__(self, settings: ServiceSettings, public_topics: tuple[str, ...] = ()) -> None:
        self.client = client = connect(settings.mongo_url)
        self.notices = Notices(client[settings.log_database])
        self.log = LogReader(client[settings.log_database][EVENTS])
        noted = client[settings.store_database][NOTED]
        self.told = (Checkpoint(noted), Checkpoint(noted, EVENTS_TOLD))
        self.relay = Relay("demo", settings.profile, self.log, *self.told, settings.amqp_url, public_topics)

    def has_told(self, position: int) -> bool:
        """Tell whether both audiences have been told exactly so much."""
        return [checkpoint.get() for checkpoint in self.told] == [position, position]

    def close(self) -> None:
        self.log.close()
        self.client.close()

    @contextmanager
    def running(self) -> Iterator[None]:
        loop, stop = asyncio.new_event_loop(), asyncio.Event()
        thread = Thread(target=loop.run_until_complete, args=(self.relay.run(stop),))
        thread.start()
        try:
            yield
        finally:
            loop.call_soon_threadsafe(stop.set)
            thread.join(timeout=15)
            assert not thread.is_alive()
            loop.close()


@contextmanager
def a_listener(province: Province, exchange: str = "demo.events") -> Iterator[BlockingChannel]:
    """A channel of the service `ear` with a queue bound to everything of an exchange."""
    settings = province.service("ear")
    with pika.BlockingConnection(pika.URLParameters(settings.amqp_url)) as connection:
        channel = connection.channel()
        channel.queue_declare("ear.from.demo", durable=True)
        channel.queue_bind("ear.from.demo", exchange, "#")
        yield channel


def heard(channel: BlockingChannel) -> list[tuple[Any, pika.BasicProperties, Envelope]]:
    found = []
    while (got := channel.basic_get("ear.from.demo", auto_ack=True))[0] is not None:
        found.append((got[0], got[1], Envelope.from_json(got[2])))
    return found


@pytest.fixture
def telling(province: Province) -> Iterator[Telling]:
    """Its public topic is the amendment."""
    made = Telling(province.service("demo"), ("demo.notice.amended",))
    yield made
    made.close()


def declared(telling: Telling) -> None:
    """Run the relay once on an empty log, so that its exchange is there."""
    with capture_logs() as logs, telling.running():
        until(lambda: [line["event"] for line in logs].count("broker_connected") == 2)


def test_the_broker_hears_exactly_the_log_in_order(telling: Telling, province: Province) -> None:
    declared(telling)
    with a_listener(province) as channel:
        telling.notices.post_many(1, 3 * WINDOW)
        telling.notices.amend(7, "Đính chính")
        with telling.running():
            until(lambda: telling.has_told(3 * WINDOW + 1))

        messages = heard(channel)

    assert [each.position for _, _, each in messages] == list(range(1, 3 * WINDOW + 2))
    assert [each.state for _, _, each in messages] == [entry.state for entry in telling.log.page(0, 10_000)]
    method, properties, last = messages[-1]
    assert method.routing_key == last.topic == "demo.notice.amended"
    assert (properties.delivery_mode, properties.message_id) == (2, f"demo/{3 * WINDOW + 1}")
    assert properties.content_type == CONTENT_TYPE


def test_services_hear_the_same_events_in_pages(telling: Telling, province: Province) -> None:
    declared(telling)
    with a_listener(province, "demo.pages") as channel:
        telling.notices.post_many(1, PAGE_EVENTS + 1)
        with telling.running():
            until(lambda: telling.has_told(PAGE_EVENTS + 1))

        pages = []
        while (got := channel.basic_get("ear.from.demo", auto_ack=True))[0] is not None:
            pages.append((got[0].routing_key, got[1], read(got[2], "demo").envelopes))

    assert [(key, len(envelopes)) for key, _, envelopes in pages] == [("demo.page", PAGE_EVENTS), ("demo.page", 1)]
    told = [envelope for _, _, envelopes in pages for envelope in envelopes]
    assert told == [Envelope.from_entry("demo", entry) for entry in telling.log.page(0, 1_000)]
    assert [about.message_id for _, about, _ in pages] == [
        f"demo/1-{PAGE_EVENTS}",
        f"demo/{PAGE_EVENTS + 1}-{PAGE_EVENTS + 1}",
    ]
    assert {(about.content_type, about.delivery_mode) for _, about, _ in pages} == {(BATCH_CONTENT_TYPE, 2)}


def test_a_new_event_is_told_while_the_relay_runs(telling: Telling, province: Province) -> None:
    declared(telling)
    with a_listener(province) as channel, telling.running():
        telling.notices.post(1, "Thông báo")
        until(lambda: telling.has_told(1))

        assert [each.position for _, _, each in heard(channel)] == [1]


def test_a_second_run_tells_nothing_again(telling: Telling, province: Province) -> None:
    declared(telling)
    telling.notices.post_many(1, 5)
    with telling.running():
        until(lambda: telling.has_told(5))
    with a_listener(province) as channel:
        telling.notices.post(6, "Thông báo")
        with telling.running():
            until(lambda: telling.has_told(6))

        assert [each.position for _, _, each in heard(channel)] == [6]


def test_an_event_to_which_nobody_listens_counts_as_told(telling: Telling) -> None:
    telling.notices.post_many(1, 3)

    with telling.running():
        until(lambda: telling.has_told(3))


def test_systems_outside_hear_public_topics_only(telling: Telling, province: Province) -> None:
    declared(telling)
    with pika.BlockingConnection(pika.URLParameters(province.administrator_url)) as connection:
        channel = connection.channel()
        channel.queue_declare("ear.from.demo")
        channel.queue_bind("ear.from.demo", "portal.public", "#")
        telling.notices.post(1, "Thông báo")
        telling.notices.amend(1, "Đính chính")
        with telling.running():
            until(lambda: telling.has_told(2))

        assert [each.topic for _, _, each in heard(channel)] == ["demo.notice.amended"]


def test_the_relay_is_ready_and_waits_while_the_broker_is_away(telling: Telling, province: Province) -> None:
    province.lose_broker()
    telling.notices.post(1, "Thông báo")
    with capture_logs() as logs, telling.running():
        until(lambda: {"process_ready", "broker_unavailable"} <= {line["event"] for line in logs})
        assert telling.has_told(0)

        province.found_broker()
        until(lambda: telling.has_told(1))

    assert [line["lane"] for line in logs if line["event"] == "broker_unavailable"].count(PAGES) == 1


def test_the_relay_goes_on_after_the_broker_has_gone_and_come_back(telling: Telling, province: Province) -> None:
    with capture_logs() as logs, telling.running():
        telling.notices.post(1, "Thông báo")
        until(lambda: telling.has_told(1))
        province.lose_broker()
        until(lambda: any(line["event"] == "broker_unavailable" for line in logs))
        telling.notices.post(2, "Thông báo")
        province.found_broker()

        until(lambda: telling.has_told(2))


@pytest.fixture
def paused(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the lanes would have paused between attempts."""
    seconds: list[float] = []

    async def note(_stop: asyncio.Event, pause_s: float) -> None:
        seconds.append(pause_s)
        await asyncio.sleep(0)

    monkeypatch.setattr(lane, "pause", note)
    return seconds


def refusing_queue(channel: BlockingChannel, name: str) -> None:
    channel.queue_declare(name, arguments={"x-max-length": 1, "x-overflow": "reject-publish"})
    channel.queue_bind(name, "portal.public", "#")


def test_pauses_grow_while_the_broker_refuses_what_is_told_and_begin_anew_once_something_is_told(
    province: Province, paused: list[float]
) -> None:
    telling = Telling(province.service("demo"), ("demo.notice.posted",))
    declared(telling)
    with pika.BlockingConnection(pika.URLParameters(province.administrator_url)) as connection, telling.running():
        channel = connection.channel()
        for first in (1, 101):
            refusing_queue(channel, f"full-{first}")
            telling.notices.post_many(first, 100)
            until(lambda: len(paused) >= 10)
            assert paused[:10] == pytest.approx([*(0.2 * 2**n for n in range(9)), 60])

            channel.queue_delete(f"full-{first}")
            until(lambda until_now=first + 99: telling.has_told(until_now))
            paused.clear()
    telling.close()


def test_a_window_of_long_events_is_bounded_in_bytes(telling: Telling, monkeypatch: pytest.MonkeyPatch) -> None:
    confirmed, windows = Publisher.confirmed, list[tuple[Publisher, int]]()

    async def noted(publisher: Publisher, upto: int) -> None:
        windows.append((publisher, upto))
        await confirmed(publisher, upto)

    monkeypatch.setattr(Publisher, "confirmed", noted)
    for number in range(1, 12):
        telling.notices.post(number, "x" * 1_000_000)
    with telling.running():
        until(lambda: telling.has_told(11))

    for publisher in {publisher for publisher, _ in windows}:
        assert [upto for each, upto in windows if each is publisher] == [4, 8, 11]


@pytest.mark.parametrize("service", ["board", "content"])
def test_the_relay_of_a_service_runs_as_a_process(province: Province, tmp_path: Path, service: str) -> None:
    province.service(service)
    relay = ("infra.messaging.relay", service)
    with Running(*relay, environment=province.environment(), output=tmp_path / "relay.log") as process:
        process.await_line("process_ready")
        process.await_line("broker_connected")

        assert process.stop() == 0
    assert process.lines("process_stopped")
