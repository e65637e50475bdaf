"""The observer counts members of both servers with no right more than it has, and asks for public pages as readers do."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pika
import pytest
from prometheus_client import CollectorRegistry, generate_latest

from infra.local.mongod import Mongod
from infra.local.provision import RabbitProvision
from infra.local.rabbitmq import RabbitMq
from infra.metrics.exporting import SurroundingsCollector
from infra.operations.around import Around
from infra.operations.broker import BrokerAwayError, BrokerEyes
from infra.operations.front import asked
from infra.operations.members import Members, of_replica_set
from infra.operations.stores import opened
from tests.builders.three_mongods import replica_set
from tests.builders.three_rabbitmqs import three_rabbitmqs
from tests.builders.waiting import until

pytestmark = pytest.mark.servers

AWAY = "http://127.0.0.1:1"
QUORUM = {"x-queue-type": "quorum"}


@contextmanager
def front(status: int) -> Iterator[str]:
    """Serve one answer for the first page, and 404 for everything else."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/vi/" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@contextmanager
def observed(rabbitmq: RabbitMq, virtual_host: str) -> Iterator[BrokerEyes]:
    """Make a virtual host with a lasting queue and one for answers, and look at them as the observer does."""
    provision = RabbitProvision(rabbitmq.management, rabbitmq.url, virtual_host)
    provision.virtual_host(())
    everything = {"configure": ".*", "write": ".*", "read": ".*"}
    rabbitmq.management.permit(rabbitmq.management.user, virtual_host, everything)
    parameters = pika.URLParameters(rabbitmq.url.replace("%2F", virtual_host))
    with pika.BlockingConnection(parameters) as connection:
        channel = connection.channel()
        channel.queue_declare("audit.from.board", durable=True, arguments=QUORUM)
        channel.queue_declare("gateway.answers", exclusive=True)
        yield BrokerEyes(provision.observer("observer", "seeing"))
    rabbitmq.management.remove_virtual_host(virtual_host)


def test_a_member_of_the_replica_set_that_is_killed_is_missed_and_its_return_is_seen(tmp_path: Path) -> None:
    with replica_set(tmp_path) as servers, opened(servers.url) as client:
        until(lambda: of_replica_set(client) == Members("mongodb", up=3, known=3))

        killed = servers.kill_primary()
        until(lambda: of_replica_set(client) == Members("mongodb", up=2, known=3))

        servers.restart(killed)
        until(lambda: of_replica_set(client) == Members("mongodb", up=3, known=3), timeout_s=60)


@pytest.mark.long
def test_a_node_of_the_broker_that_is_killed_is_missed(tmp_path: Path) -> None:
    with three_rabbitmqs(tmp_path) as cluster, observed(cluster.nodes[0], "three") as broker:
        until(lambda: broker.nodes() == Members("rabbitmq", up=3, known=3), timeout_s=60)

        cluster.kill(2)
        until(lambda: broker.nodes() == Members("rabbitmq", up=2, known=3), timeout_s=60)


def test_who_may_look_at_queues_sees_the_one_node_that_keeps_them(rabbitmq: RabbitMq) -> None:
    with observed(rabbitmq, "alone") as broker:
        until(lambda: broker.nodes() == Members("rabbitmq", up=1, known=1))


def test_a_broker_that_is_away_is_said_to_be() -> None:
    with pytest.raises(BrokerAwayError):
        BrokerEyes("http://nobody:x@127.0.0.1:1/x").nodes()


@pytest.mark.parametrize(("status", "up"), [(200, True), (404, False), (503, False)])
def test_pages_are_there_when_the_first_one_is_served(status: int, up: bool) -> None:
    with front(status) as address:
        seen = asked(f"{address}/")

    assert seen.up is up
    assert 0 < seen.seconds < 3


def test_a_front_that_is_not_there_serves_no_pages() -> None:
    assert not asked(AWAY).up


def test_what_was_seen_is_told_to_prometheus(mongod: Mongod) -> None:
    registry = CollectorRegistry()
    with opened(mongod.url) as client, front(200) as address:
        client.admin.command("ping")
        seen = Around(client, BrokerEyes("http://nobody:x@127.0.0.1:1/x"), address).look()
        registry.register(SurroundingsCollector(lambda: seen))

    told = generate_latest(registry).decode()
    assert 'portal_server_members{server="mongodb"} 1.0' in told
    assert 'portal_server_members_up{server="mongodb"} 1.0' in told
    assert "portal_front_up 1.0" in told
    assert 'server="rabbitmq"' not in told
