"""Servers of a test's own, which may be killed, stopped for a while, and started again on the same data and ports."""

import os
import secrets
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from infra.local.mongod import Mongod
from infra.local.ports import free_port_run, free_ports
from infra.local.programs import start, stop
from infra.local.rabbitmq import RabbitMq, RabbitPorts
from tests.builders.waiting import until


class MortalMongod:
    """A MongoDB that can be killed and started again on the same data."""

    def __init__(self, directory: Path) -> None:
        self.server = Mongod(directory, free_port_run(1), secrets.token_urlsafe(12))
        self._process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """The administrator's address."""
        return self.server.url

    def start(self) -> None:
        """Start it and wait until it takes writes."""
        program = self.server.prepare()
        with_failpoints = (*program.command, "--setParameter", "enableTestCommands=1")
        self._process = start(replace(program, command=with_failpoints), self.server.directory / "output")
        self.server.await_ready(lambda: self._process.poll() is None)

    def kill(self) -> None:
        """End it without any notice."""
        self._process.kill()
        self._process.wait()

    def restart(self) -> None:
        """Start it again, whether it has ended meanwhile or not."""
        self.kill()
        self.start()

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Let it do nothing for the time of the block, while its connections stay open."""
        os.killpg(self._process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.killpg(self._process.pid, signal.SIGCONT)

    def close(self) -> None:
        """Stop it for good."""
        stop(self._process, timeout_s=5)


class MortalBroker:
    """A RabbitMQ that can be killed, emptied and started again on the same ports."""

    def __init__(self, directory: Path) -> None:
        self.server = RabbitMq(directory, RabbitPorts(*free_ports(4)), secrets.token_urlsafe(12))
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.processes = [start(program, self.server.directory / "output") for program in self.server.prepare()]
        self.server.await_ready(lambda: self.processes[1].poll() is None)

    def kill(self) -> None:
        """End it without any notice."""
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
    def stopped(self) -> Iterator[None]:
        """Let it do nothing for the time of the block, while its connections stay open."""
        node = self.processes[1].pid
        os.kill(node, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(node, signal.SIGCONT)

    def delete_data(self) -> None:
        """Forget everything that it knew."""
        shutil.rmtree(self.server.directory / "data")

    def close(self) -> None:
        """Stop it for good."""
        self.kill()


Mortal = TypeVar("Mortal", MortalMongod, MortalBroker)


@contextmanager
def running(server: Mortal) -> Iterator[Mortal]:
    """Run a server for the time of the block."""
    server.start()
    try:
        yield server
    finally:
        server.close()
