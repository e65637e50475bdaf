"""Servers of a test's own that it may kill, empty and start again on the same ports."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.local.mongod import Mongod
from infra.local.ports import free_ports
from infra.local.programs import start, stop
from infra.local.rabbitmq import RabbitMq, RabbitPorts
from tests.builders.waiting import until


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

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Let the server stand still: connections stay open, and nothing is answered."""
        node = self.processes[1].pid
        os.kill(node, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(node, signal.SIGCONT)

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
