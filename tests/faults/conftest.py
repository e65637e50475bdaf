"""A province of its own for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.mongod import Mongod
from infra.local.rabbitmq import RabbitMq
from tests.builders.killable import KillableBroker, KillableStore
from tests.builders.province import Province
from tests.builders.wired import Wired


@pytest.fixture
def province(mongod: Mongod, rabbitmq: RabbitMq) -> Iterator[Province]:
    made = Province(mongod, rabbitmq)
    yield made
    made.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[KillableStore]:
    (tmp_path / "mongod").mkdir()
    made = KillableStore(tmp_path / "mongod")
    made.start()
    yield made
    made.kill()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[KillableBroker]:
    (tmp_path / "rabbitmq").mkdir()
    made = KillableBroker(tmp_path / "rabbitmq")
    made.start()
    yield made
    made.kill()


@pytest.fixture
def wired(province: Province, tmp_path: Path) -> Iterator[Wired]:
    made = Wired(province, tmp_path)
    yield made
    made.close()


@pytest.fixture
def wired_over_broker(broker: KillableBroker, mongod: Mongod, tmp_path: Path) -> Iterator[Wired]:
    province = Province(mongod, broker.server)
    made = Wired(province, tmp_path)
    yield made
    made.close()
    province.close()


@pytest.fixture
def wired_over_store(store: KillableStore, rabbitmq: RabbitMq, tmp_path: Path) -> Iterator[Wired]:
    province = Province(store.server, rabbitmq)
    made = Wired(province, tmp_path)
    yield made
    made.close()
    province.close()
