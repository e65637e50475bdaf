"""A RabbitMQ for a bench."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.local.ports import free_ports
from infra.local.programs import start, stop
from infra.local.rabbitmq import RabbitMq, RabbitPorts


@contextmanager
def rabbitmq() -> Iterator[RabbitMq]:
    with tempfile.TemporaryDirectory(prefix="bench-rabbitmq-", ignore_cleanup_errors=True) as folder:
        server = RabbitMq(Path(folder), RabbitPorts(*free_ports(4)), "bench")
        names, node = (start(program, server.directory / "output") for program in server.prepare())
        try:
            server.await_ready(lambda: node.poll() is None)
            yield server
        finally:
            node.kill()
            stop(node)
            stop(names)
