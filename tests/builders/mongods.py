"""MongoDB servers of a test's own, which may be killed, stopped for a while, and started again on the same data."""

import os
import secrets
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from infra.local.mongod import Mongod
from infra.local.ports import free_port_run
from infra.local.programs import start, stop


class MortalMongod:
    """A server of our own that can be killed and started again on the same data."""

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


@contextmanager
def mortal_mongod(directory: Path) -> Iterator[MortalMongod]:
    """Run a server for the time of the block."""
    mongod = MortalMongod(directory)
    mongod.start()
    try:
        yield mongod
    finally:
        mongod.close()
