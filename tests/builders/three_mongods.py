"""A replica set of three MongoDB servers, of which any may be killed, stepped down and started again."""

import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import AutoReconnect, OperationFailure, PyMongoError

from infra.local.mongod import ADMINISTRATOR, Mongod
from infra.local.ports import free_port_run
from infra.local.programs import start, stop
from tests.builders.waiting import until

MEMBERS = 3
ELECTION_MS = 1_000
_NAME = "portal"


class ReplicaSet:
    """Three members that share a key and an administrator; elections are quick."""

    def __init__(self, directory: Path) -> None:
        first, password = free_port_run(MEMBERS), secrets.token_urlsafe(12)
        key = secrets.token_hex(64)
        self._members = [Mongod(directory / str(number), first + number, password) for number in range(MEMBERS)]
        self._processes: dict[int, subprocess.Popen[bytes]] = {}
        self._password = password
        for member in self._members:
            member.directory.mkdir()
            (member.directory / "key").write_text(key, encoding="ascii")

    @property
    def url(self) -> str:
        """The administrator's address, with all members."""
        hosts = ",".join(f"127.0.0.1:{member.port}" for member in self._members)
        return f"mongodb://{ADMINISTRATOR}:{self._password}@{hosts}/?replicaSet={_NAME}&authSource=admin"

    def start(self) -> None:
        """Start all members and found the set."""
        for member in self._members:
            self._start(member)
        until(self._is_founded, timeout_s=60)
        until(lambda: self.primary() is not None, timeout_s=60)

    def primary(self) -> int | None:
        """Return the port of the member that takes writes now; None while there is none."""
        for member in self._members:
            try:
                with self._client(member.port) as client:
                    if client.admin.command("hello")["isWritablePrimary"]:
                        return member.port
            except PyMongoError:
                continue
        return None

    def kill(self, port: int) -> None:
        """End a member without any notice."""
        self._processes[port].kill()
        self._processes[port].wait()

    def restart(self, port: int) -> None:
        """Start a member that was killed on the same data."""
        self._start(next(member for member in self._members if member.port == port))

    def step_down(self) -> int:
        """Let the primary give up its office, and return its port."""
        port = self._await_primary()
        with self._client(port) as client:
            client.admin.command("replSetStepDown", 10, secondaryCatchUpPeriodSecs=5)
        until(lambda: self.primary() not in {None, port}, timeout_s=60)
        return port

    def kill_primary(self) -> int:
        """Kill the primary, wait until another member has its office, and return the port of the dead one."""
        port = self._await_primary()
        self.kill(port)
        until(lambda: self.primary() not in {None, port}, timeout_s=60)
        return port

    def hold_replication(self) -> None:
        """Let the secondaries fetch nothing more, so that what the primary writes is not durable."""
        self._set_replication("alwaysOn", [m.port for m in self._members if m.port != self._await_primary()])

    def release_replication(self) -> None:
        """Let those members that run fetch again."""
        running = [port for port, process in self._processes.items() if process.poll() is None]
        self._set_replication("off", running)

    def close(self) -> None:
        """Stop all members for good."""
        for process in self._processes.values():
            stop(process, timeout_s=5)

    def _await_primary(self) -> int:
        until(lambda: self.primary() is not None, timeout_s=60)
        port = self.primary()
        assert port
        return port

    def _set_replication(self, mode: str, ports: list[int]) -> None:
        for port in ports:
            with self._client(port) as client:
                client.admin.command("configureFailPoint", "stopReplProducer", mode=mode)

    def _start(self, member: Mongod) -> None:
        program = member.prepare()
        command = (*program.command, "--setParameter", "enableTestCommands=1")
        self._processes[member.port] = start(replace(program, command=command), member.directory / "output")

    def _is_founded(self) -> bool:
        """Found the set by the first member, which then has the administrator."""
        port = self._members[0].port
        try:
            with self._client(port) as client:
                return bool(client.admin.command("hello")["isWritablePrimary"])
        except OperationFailure:
            return self._found(port)
        except PyMongoError:
            return False

    def _found(self, port: int) -> bool:
        members = [{"_id": n, "host": f"127.0.0.1:{member.port}"} for n, member in enumerate(self._members)]
        members[0]["priority"] = 2  # founds the set, and so must be the first primary
        settings = {"electionTimeoutMillis": ELECTION_MS, "heartbeatIntervalMillis": 300}
        try:
            with _unknown(port) as client:
                if not client.admin.command("hello").get("setName"):
                    client.admin.command("replSetInitiate", {"_id": _NAME, "members": members, "settings": settings})
                elif client.admin.command("hello")["isWritablePrimary"]:
                    client.admin.command("createUser", ADMINISTRATOR, pwd=self._password, roles=["root"])
        except (AutoReconnect, OperationFailure):
            return False
        return False

    def _client(self, port: int) -> MongoClient[dict[str, Any]]:
        return MongoClient(
            "127.0.0.1",
            port,
            directConnection=True,
            serverSelectionTimeoutMS=500,
            username=ADMINISTRATOR,
            password=self._password,
        )


def _unknown(port: int) -> MongoClient[dict[str, Any]]:
    """Return a client without user, as only the founder of a set needs."""
    return MongoClient("127.0.0.1", port, directConnection=True, serverSelectionTimeoutMS=500)


@contextmanager
def replica_set(directory: Path) -> Iterator[ReplicaSet]:
    """Run three servers for the time of the block."""
    servers = ReplicaSet(directory)
    try:
        servers.start()
        yield servers
    finally:
        servers.close()
