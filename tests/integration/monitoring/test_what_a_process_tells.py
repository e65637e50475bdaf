"""A process tells from its first moment what has not failed yet, and at each scrape what it misses, in bounded time."""

import socket
from collections.abc import Iterator, Mapping
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from pymongo import MongoClient

from infra import settings
from infra.local.mongod import Mongod
from infra.local.ports import free_ports
from infra.local.processes import SERVICES
from infra.logs import PROCESS_READY
from infra.messaging.errors import RpcError
from infra.metrics.dependencies import Dependencies, Need
from infra.metrics.instruments import UNANSWERED
from infra.metrics.serving import serve
from infra.settings import Settings
from tests.builders.processes import Running
from tests.builders.tcp_proxy import TcpProxy
from tests.builders.waiting import until

SCRAPED_WITHIN_S = 5.0
"""Half of what Prometheus waits."""


class Told:
    """What a process tells at the port of its metrics."""

    def __init__(self, port: int) -> None:
        self._address = f"http://127.0.0.1:{port}/metrics"

    def scrape(self) -> Mapping[tuple[str, frozenset[tuple[str, str]]], float]:
        text = httpx.get(self._address, timeout=SCRAPED_WITHIN_S).text
        samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
        return {(sample.name, frozenset(sample.labels.items())): sample.value for sample in samples}

    def figure(self, name: str, **labels: str) -> float | None:
        return self.scrape().get((name, frozenset(labels.items())))


@pytest.fixture
def needs() -> Dependencies:
    return Dependencies()


@pytest.fixture
def told(needs: Dependencies) -> Told:
    """What this process tells of these needs; nobody asks for `/readyz`."""
    (port,) = free_ports(1)
    serve(Settings(metrics_port=port), needs)
    return Told(port)


@pytest.fixture
def wire(mongod: Mongod) -> Iterator[tuple[TcpProxy, MongoClient[dict[str, Any]]]]:
    """A wire to MongoDB, and who uses it."""
    proxy = TcpProxy(mongod.port)
    user = urlsplit(mongod.url).netloc.rpartition("@")[0]
    url = f"mongodb://{user}@127.0.0.1:{proxy.port}/?directConnection=true&authSource=admin"
    with MongoClient[dict[str, Any]](url, maxPoolSize=1) as client:
        yield proxy, client
    proxy.close()


@pytest.mark.servers
def test_a_process_that_has_just_started_tells_that_no_save_and_no_call_has_failed(tmp_path: Path) -> None:
    staff, metrics = free_ports(2)
    environment = settings.environment() | {
        "STAFF_PORT": str(staff),
        "METRICS_PORT": str(metrics),
        "STAFF_APPS": "/newsroom=tests.builders.newsroom.process:create",
        "SESSION_KEY": "a key for tests",
        "NEWSROOM_MONGO_URL": "mongodb://127.0.0.1:1/",
        "NEWSROOM_AMQP_URL": "amqp://nobody@127.0.0.1:1/",
    }
    with Running("infra.web.staff", environment=environment, output=tmp_path / "output") as process:
        process.await_line(PROCESS_READY)
        told = Told(metrics)

        for service in SERVICES:
            assert told.figure("portal_commit_failures_total", service=service) == 0
            for failure in UNANSWERED:
                assert told.figure("portal_call_failures_total", service=service, failure=failure) == 0


def test_every_way_in_which_a_call_goes_unanswered_is_counted_from_the_beginning() -> None:
    assert set(UNANSWERED) == {failure.__name__ for failure in RpcError.__subclasses__()}


def test_a_scrape_asks_itself_whether_what_is_needed_is_there(needs: Dependencies, told: Told) -> None:
    there = Event()
    needs.watch({"a thing": Need(there.is_set)})

    assert told.figure("portal_dependency_up", dependency="a thing") == 0
    there.set()
    assert told.figure("portal_dependency_up", dependency="a thing") == 1


def test_a_scrape_waits_for_no_answer_that_does_not_come(needs: Dependencies, told: Told) -> None:
    stopped, asked = Event(), []
    needs.watch({"what hangs": Need(lambda: bool(asked.append(1)) or stopped.wait(60))})  # type: ignore[func-returns-value]

    for _ in range(2):
        began = monotonic()
        told.scrape()
        assert monotonic() - began < SCRAPED_WITHIN_S

    assert len(asked) == 1  # whoever comes later waits for the same answer
    stopped.set()
    until(lambda: told.figure("portal_dependency_up", dependency="what hangs") == 1)


@pytest.mark.servers
def test_a_store_that_stands_still_is_told_at_the_next_scrape_and_so_is_its_return(
    needs: Dependencies, told: Told, wire: tuple[TcpProxy, MongoClient[dict[str, Any]]]
) -> None:
    proxy, client = wire
    needs.watch({"the store": Need(lambda: bool(client.admin.command("ping")))})
    assert told.figure("portal_dependency_up", dependency="the store") == 1

    proxy.hold()
    assert told.figure("portal_dependency_up", dependency="the store") == 0

    proxy.release()
    until(lambda: told.figure("portal_dependency_up", dependency="the store") == 1)


def test_a_port_that_somebody_has_is_no_reason_not_to_work() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        serve(Settings(metrics_port=taken.getsockname()[1]))
