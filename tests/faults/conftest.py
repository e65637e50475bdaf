"""A province of its own for each test."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from infra.local.mongod import Mongod
from infra.local.rabbitmq import RabbitMq
from tests.builders.mortal_servers import MortalBroker, MortalMongod, running
from tests.builders.province import Province
from tests.builders.three_mongods import ReplicaSet, replica_set
from tests.builders.wired import Wired


@pytest.fixture
def province(mongod: Mongod, rabbitmq: RabbitMq) -> Iterator[Province]:
    with closing(Province(mongod, rabbitmq)) as made:
        yield made


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[MortalMongod]:
    (tmp_path / "mongod").mkdir()
    with running(MortalMongod(tmp_path / "mongod")) as made:
        yield made


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[ReplicaSet]:
    """Three MongoDB servers, of which any may be killed."""
    (tmp_path / "servers").mkdir()
    with replica_set(tmp_path / "servers") as made:
        yield made


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[MortalBroker]:
    (tmp_path / "rabbitmq").mkdir()
    with running(MortalBroker(tmp_path / "rabbitmq")) as made:
        yield made


@pytest.fixture
def wired(province: Province, tmp_path: Path) -> Iterator[Wired]:
    with closing(Wired(province, tmp_path)) as made:
        yield made


@pytest.fixture
def wired_over_broker(broker: MortalBroker, mongod: Mongod, tmp_path: Path) -> Iterator[Wired]:
    with closing(Province(mongod, broker.server)) as province, closing(Wired(province, tmp_path)) as made:
        yield made


@pytest.fixture
def wired_over_mortal(mortal: MortalMongod, rabbitmq: RabbitMq, tmp_path: Path) -> Iterator[Wired]:
    with closing(Province(mortal.server, rabbitmq)) as province, closing(Wired(province, tmp_path)) as made:
        yield made
