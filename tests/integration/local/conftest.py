"""A small part of the system, started by the runner, for tests of the runner itself."""

from collections.abc import Iterator

import pytest

from infra.local.rabbitmq import RabbitMq
from infra.local.stack import Stack

RELAY, PROJECTOR = "relay content", "projector content"


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Both servers, a relay and a projector."""
    with Stack(tmp_path_factory.mktemp("stack"), only=[RELAY, PROJECTOR]) as stack:
        yield stack


@pytest.fixture
def bus_elsewhere(rabbitmq: RabbitMq) -> dict[str, str]:
    """A RabbitMQ that somebody else has started."""
    return {"AMQP_URL": rabbitmq.url, "AMQP_MANAGEMENT_URL": f"http://127.0.0.1:{rabbitmq.ports.management}"}
