"""Whatever is killed between one service's log and another's rows, nothing is lost and nothing happens twice."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.mongod import Mongod
from infra.local.ports import free_ports
from infra.local.programs import start, stop
from infra.local.rabbitmq import RabbitMq, RabbitPorts
from tests.builders.province import Province
from tests.builders.waiting import until
from tests.builders.wired import Wired

pytestmark = [pytest.mark.servers, pytest.mark.faults]

COUNT = 1_500
KILLS = 3


class KillableBroker:
    """A RabbitMQ that a test may kill, empty and start again on the same ports."""

    def __init__(self, directory: Path) -> None:
        self.server = RabbitMq(directory, RabbitPorts(*free_ports(4)), "secret")
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        self.processes = [start(program, self.server.directory / "output") for program in self.server.prepare()]
        self.server.await_ready(lambda: self.processes[1].poll() is None)

    def kill(self) -> None:
        names, node = self.processes
        node.kill()
        node.wait()
        stop(names)

    def await_registered(self, queues: int) -> None:
        """Wait until quorum queues just made are on record: RabbitMQ 3.10 writes that up to 3 s late.

        One that is killed before knows the queue when it starts again, but not its only member: the queue has no leader.
        """
        (record,) = self.server.directory.glob("data/*/quorum/*/names.dets")
        until(lambda: record.read_bytes().count(b"ear.from.demo") >= queues)

    def delete_data(self) -> None:
        shutil.rmtree(self.server.directory / "data")


class KillableStore:
    """A MongoDB that a test may kill and start again on the same port."""

    def __init__(self, directory: Path) -> None:
        self.server = Mongod(directory, free_ports(1)[0], "secret")
        self.process: subprocess.Popen[bytes]

    def start(self) -> None:
        self.process = start(self.server.prepare(), self.server.directory / "output")
        self.server.await_ready(lambda: self.process.poll() is None)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


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


def test_a_relay_killed_again_and_again_loses_nothing(wired: Wired) -> None:
    wired.start_all()
    wired.running[0].kill()
    wired.notices.post_many(1, COUNT)
    for kill in range(KILLS):
        relay = wired.start_relay()
        until(lambda seen=kill * COUNT // 8: wired.position > seen)
        relay.kill()
    wired.start_relay()

    wired.await_position(COUNT)
    assert wired.heard == list(range(1, COUNT + 1))


def test_a_reader_killed_again_and_again_loses_nothing(wired: Wired) -> None:
    wired.start_all()
    wired.running[2].kill()
    wired.notices.post_many(1, COUNT)
    for kill in range(KILLS):
        ear = wired.start_ear()
        until(lambda seen=kill * COUNT // 8: wired.position > seen)
        ear.kill()
    wired.start_ear()

    wired.await_position(COUNT)
    assert wired.heard == list(range(1, COUNT + 1))


@pytest.mark.parametrize("data_is_lost", [False, True])
def test_a_broker_killed_and_started_again_loses_nothing_in_the_end(
    broker: KillableBroker, wired_over_broker: Wired, *, data_is_lost: bool
) -> None:
    wired = wired_over_broker
    wired.start_all()
    wired.notices.post_many(1, COUNT)
    until(lambda: wired.position > 0)
    broker.await_registered(queues=2)
    wired.notices.post_many(COUNT + 1, COUNT)
    broker.kill()
    wired.notices.post(2 * COUNT + 1, "Thông báo")
    if data_is_lost:
        broker.delete_data()
    broker.start()
    wired.province.found_broker()
    wired.notices.post(2 * COUNT + 2, "Thông báo")

    wired.await_position(2 * COUNT + 2)
    assert wired.heard == list(range(1, 2 * COUNT + 3))
    assert all(process.process.poll() is None for process in wired.running)


def test_a_store_killed_and_started_again_loses_nothing_and_parks_nothing(
    store: KillableStore, wired_over_store: Wired
) -> None:
    wired = wired_over_store
    wired.start_all()
    wired.notices.post_many(1, COUNT)
    until(lambda: wired.position > 0)
    store.kill()
    wired.running[0].await_line("store_unavailable")
    store.start()

    wired.await_position(COUNT)
    assert wired.heard == list(range(1, COUNT + 1))
    assert wired.store["parked"].count_documents({}) == 0
    assert all(process.process.poll() is None for process in wired.running)
