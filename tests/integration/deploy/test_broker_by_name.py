"""One name has the addresses of all nodes of the broker: when the first does not answer, each of our clients tries the next."""

import asyncio
import socket
from typing import Any

import pika
import pytest
from kombu import Connection

from infra.local.rabbitmq import RabbitMq
from infra.messaging.connecting import parameters
from infra.messaging.session import Session

pytestmark = pytest.mark.servers

NAME, DEAD, ALIVE = "rabbitmq.example", "127.0.0.2", "127.0.0.1"


@pytest.fixture
def url(rabbitmq: RabbitMq, monkeypatch: pytest.MonkeyPatch) -> str:
    """The broker's address by a name that stands for two nodes, of which the first is down."""
    really = socket.getaddrinfo

    def two_addresses(host: str | bytes | None, *arguments: Any, **named: Any) -> list[Any]:
        wanted = (DEAD, ALIVE) if host == NAME else (host,)
        return [found for each in wanted for found in really(each, *arguments, **named)]

    monkeypatch.setattr(socket, "getaddrinfo", two_addresses)
    with socket.socket() as probe:
        assert probe.connect_ex((DEAD, rabbitmq.ports.amqp)) != 0
    return rabbitmq.url.replace("127.0.0.1", NAME)


def test_a_plain_thread_finds_the_node_that_lives(url: str) -> None:
    connection = pika.BlockingConnection(parameters(url, "test"))

    assert connection.is_open
    connection.close()


def test_an_event_loop_finds_the_node_that_lives(url: str) -> None:
    async def connected() -> bool:
        session = await Session.open(url, "test")
        is_open = bool(session.channel.is_open)
        await session.close()
        return is_open

    assert asyncio.run(connected())


def test_the_bus_door_finds_the_node_that_lives(url: str) -> None:
    with Connection(url, connect_timeout=5) as connection:
        connection.connect()

        assert connection.connected
