"""A MongoDB of our own, as the system runs it on one machine, and logs in it."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex, token_urlsafe
from typing import Any

from pymongo import MongoClient

from infra.event_store import EVENTS, connect, create_log
from infra.event_store.recorder import LogRecorder
from infra.local.mongod import Mongod
from infra.local.ports import free_ports
from infra.local.programs import start, stop


@contextmanager
def mongodb() -> Iterator[MongoClient[dict[str, Any]]]:
    """Run a server and give a client for it."""
    with mongodb_server() as server, connect(server.url) as client:
        yield client


@contextmanager
def mongodb_server() -> Iterator[Mongod]:
    """Run a server on a free port, with its data in a temporary folder."""
    (port,) = free_ports(1)
    with tempfile.TemporaryDirectory(prefix="bench-mongodb-") as folder:
        server = Mongod(Path(folder), port, token_urlsafe(12))
        process = start(server.prepare(), server.directory / "output")
        try:
            server.await_ready(lambda: process.poll() is None)
            yield server
        finally:
            stop(process, timeout_s=5)


def fresh_log(client: MongoClient[dict[str, Any]]) -> LogRecorder:
    """Return a recorder on an empty log."""
    database = client[f"bench_{token_hex(4)}_log"]
    create_log(database)
    return LogRecorder(database[EVENTS])
