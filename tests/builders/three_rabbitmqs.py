"""A cluster of three RabbitMQ nodes, of which any may be killed."""

import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from infra.local.ports import free_ports
from infra.local.programs import Program, start, stop
from infra.local.rabbitmq import RabbitMq, RabbitPorts

NODES = 3
_DISCOVERY = "cluster_formation.peer_discovery_backend = classic_config\n"


class Cluster:
    """Nodes of one name service; the first is there before the others, which join it."""

    def __init__(self, directory: Path) -> None:
        password, cookie, self._names_port = secrets.token_urlsafe(12), secrets.token_hex(16), free_ports(1)[0]
        self.nodes = [RabbitMq(directory / str(place), RabbitPorts(*free_ports(4)), password) for place in range(NODES)]
        self._processes: list[subprocess.Popen[bytes]] = []
        for node in self.nodes:
            home = node.directory / "home"
            home.mkdir(parents=True)
            (home / ".erlang.cookie").touch(mode=0o600)
            (home / ".erlang.cookie").write_text(cookie, encoding="ascii")

    def start(self) -> None:
        """Start the name service and all nodes."""
        for place, node in enumerate(self.nodes):
            names, server = (self._joined(program, place) for program in node.prepare())
            if place == 0:
                self._processes.append(start(names, node.directory / "names"))
            self._peers(node)
            process = start(server, node.directory / "output")
            self._processes.append(process)
            node.await_ready(lambda process=process: process.poll() is None)  # type: ignore[misc]

    def kill(self, place: int) -> None:
        """End a node without any notice."""
        process = self._processes[1 + place]
        process.kill()
        process.wait()

    def close(self) -> None:
        """Throw all of it away."""
        for process in reversed(self._processes):
            process.kill()
            stop(process)

    def _joined(self, program: Program, place: int) -> Program:
        own = {"ERL_EPMD_PORT": str(self._names_port), "RABBITMQ_NODENAME": _name(place)}
        command = ("epmd", "-port", str(self._names_port), "-address", "127.0.0.1")
        return replace(
            program,
            environment={**program.environment, **own},
            command=command if program.name == "epmd" else program.command,
        )

    def _peers(self, node: RabbitMq) -> None:
        peers = (f"cluster_formation.classic_config.nodes.{place + 1} = {_name(place)}\n" for place in range(NODES))
        with (node.directory / "rabbitmq.conf").open("a", encoding="ascii") as file:
            file.write(_DISCOVERY + "".join(peers))


def _name(place: int) -> str:
    return f"portal{place + 1}@localhost"


@contextmanager
def three_rabbitmqs(directory: Path) -> Iterator[Cluster]:
    """Run three nodes for the time of the block."""
    cluster = Cluster(directory)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.close()
