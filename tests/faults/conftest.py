"""A province of its own for each test."""

from collections.abc import Iterator

import pytest

from infra.local.mongod import Mongod
from infra.local.rabbitmq import RabbitMq
from tests.builders.province import Province


@pytest.fixture
def province(mongod: Mongod, rabbitmq: RabbitMq) -> Iterator[Province]:
    made = Province(mongod, rabbitmq)
    yield made
    made.close()
