"""A plain thread hears another service as the bus does: in order, with effect once, through outages."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pika
import pytest
from structlog.testing import capture_logs

from infra.event_store import connect
from infra.messaging.blocking_rpc import BlockingRpc
from infra.messaging.envelope import Envelope
from infra.messaging.feed import Feed
from infra.messaging.inbox import Inbox
from infra.messaging.log_pages import pages_of
from infra.messaging.parked import Parked
from infra.read_store.positions import Positions
from tests.builders.notices import Notices
from tests.builders.processes import Running
from tests.builders.province import Province
from tests.builders.waiting import until

pytestmark = pytest.mark.servers


class Fed:
    """`demo` runs as processes; the gateway hears it in a thread of this one."""

    def __init__(self, province: Province) -> None:
        demo, gateway = province.service("demo"), province.service("gateway", tells=False)
        self.demo_client, self.client = connect(demo.mongo_url), connect(gateway.mongo_url)
        self.notices = Notices(self.demo_client[demo.log_database])
        self.positions = Positions(self.client[gateway.store_database])
        self.parked = Parked(self.client[gateway.store_database]["parked"])
        self.rpc = BlockingRpc(gateway.amqp_url, "gateway")
        self.amqp_url = gateway.amqp_url
        self.heard: list[int] = []
        self.runs: list[int] = []

    def react(self, envelopes: Sequence[Envelope]) -> None:
        self.runs.append(len(envelopes))
        self.heard.extend(envelope.position for envelope in envelopes)

    @contextmanager
    def listening(self) -> Iterator[list[Any]]:
        inbox = Inbox("demo", self.positions, self.parked, pages_of("demo", self.rpc), self.react)
        stop = Event()
        thread = Thread(target=Feed(self.amqp_url, "gateway", inbox, check_every_s=0.5).run, args=(stop,))
        with capture_logs() as logs:
            thread.start()
            try:
                yield logs
            finally:
                stop.set()
                thread.join(10)
                assert not thread.is_alive()

    def close(self) -> None:
        self.rpc.close()
        self.client.close()
        self.demo_client.close()


@pytest.fixture
def fed(province: Province) -> Iterator[Fed]:
    made = Fed(province)
    yield made
    made.close()


@pytest.fixture
def demo(fed: Fed, province: Province, tmp_path: Path) -> Iterator[Running]:  # noqa: ARG001 - makes the services
    environment = province.environment()
    bus = ("infra.messaging.bus", "tests.builders.demo_service:DemoService")
    with (
        Running("tests.builders.demo_relay", environment=environment, output=tmp_path / "relay.log") as relay,
        Running(*bus, environment=environment, output=tmp_path / "bus.log") as process,
    ):
        relay.await_line("broker_connected")
        process.await_line("process_ready")
        yield process


def everything(count: int) -> list[int]:
    return list(range(1, count + 1))


def test_a_feed_hears_everything_in_batches(fed: Fed, demo: Running) -> None:
    fed.notices.post_many(1, 250)
    with fed.listening():
        until(lambda: fed.positions.get("from.demo") == 250)
        fed.notices.post_many(251, 250)
        until(lambda: fed.positions.get("from.demo") == 500)

    assert fed.heard == everything(500)
    assert len(fed.runs) < 20
    assert demo.process.poll() is None


def test_a_feed_goes_on_after_the_broker_lost_everything(fed: Fed, demo: Running, province: Province) -> None:
    with fed.listening() as logs:
        fed.notices.post_many(1, 5)
        until(lambda: fed.positions.get("from.demo") == 5)
        province.lose_broker()
        fed.notices.post_many(6, 5)
        until(lambda: any(line["event"] == "broker_unavailable" for line in logs))
        province.found_broker()
        until(lambda: fed.positions.get("from.demo") == 10)

    assert fed.heard == everything(10)
    assert demo.process.poll() is None


def test_a_feed_whose_queue_is_deleted_makes_it_again(fed: Fed, demo: Running) -> None:
    with fed.listening() as logs:
        until(lambda: any(line["event"] == "listening" for line in logs))
        with pika.BlockingConnection(pika.URLParameters(fed.amqp_url)) as connection:
            connection.channel().queue_delete("gateway.from.demo")
        fed.notices.post_many(1, 5)
        until(lambda: fed.positions.get("from.demo") == 5)

    assert fed.heard == everything(5)
    assert demo.process.poll() is None


def test_a_feed_that_has_read_further_than_the_log_reaches_waits_and_tells(fed: Fed, demo: Running) -> None:
    fed.notices.post_many(1, 3)
    fed.positions.advance("from.demo", 5)
    with fed.listening() as logs:
        until(lambda: any("LogEndsBefore" in line.get("reason", "") for line in logs))

    assert [line["event"] for line in logs if "LogEndsBefore" in line.get("reason", "")] == ["upstream_not_asked"]
    assert (fed.heard, fed.positions.get("from.demo")) == ([], 5)
    assert demo.lines("call_failed")
