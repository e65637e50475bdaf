"""Real servers for tests, started once for a whole run, with databases and virtual hosts fresh for each test."""

import contextlib
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, sync_playwright
from pymongo import MongoClient
from pymongo.database import Database

from infra.local.mongod import Mongod
from infra.local.ports import free_ports
from infra.local.programs import start, stop
from infra.local.rabbitmq import RabbitMq, RabbitPorts
from infra.local.stack import Stack

CHROMIUM = "/usr/bin/chromium"
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

_WITHOUT_NETWORK = ("spec", "application")

# How fast a machine is, and what else it does, is no property of what is tested.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Switch the network off where a test must need none."""
    for item in items:
        folder = item.path.relative_to(config.rootpath / "tests").parts[0]
        if folder in _WITHOUT_NETWORK:
            item.add_marker(pytest.mark.disable_socket)


@pytest.fixture(scope="session")
def mongod(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mongod]:
    """A real MongoDB; `mongod.url` is the administrator's address."""
    (port,) = free_ports(1)
    server = Mongod(tmp_path_factory.mktemp("mongod"), port, secrets.token_urlsafe(12))
    process = start(server.prepare(), server.directory / "output")
    try:
        server.await_ready(lambda: process.poll() is None)
        yield server
    finally:
        stop(process, timeout_s=5)


@pytest.fixture(scope="session")
def rabbitmq(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RabbitMq]:
    """A real RabbitMQ; `rabbitmq.url` is the administrator's address, `rabbitmq.management` its management API."""
    directory: Path = tmp_path_factory.mktemp("rabbitmq")
    server = RabbitMq(directory, RabbitPorts(*free_ports(4)), secrets.token_urlsafe(12))
    names, node = (start(program, directory / "output") for program in server.prepare())
    try:
        server.await_ready(lambda: node.poll() is None)
        yield server
    finally:
        # Its data is thrown away, so that a long orderly stop would be for nothing.
        node.kill()
        stop(node)
        stop(names)


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole system with the demo province, as `make up` starts it, on servers of its own."""
    with Stack(tmp_path_factory.mktemp("portal"), demo=True) as stack:
        yield stack


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium, for a module: while it is there, its event loop runs in the thread of the tests."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def mongo_admin(mongod: Mongod) -> Iterator[MongoClient[dict[str, Any]]]:
    """A client that may do everything."""
    with MongoClient[dict[str, Any]](mongod.url, tz_aware=True, uuidRepresentation="standard") as client:
        yield client


@pytest.fixture
def log_database(mongo_admin: MongoClient[dict[str, Any]]) -> Iterator[Database[dict[str, Any]]]:
    """A database that nobody has used, for an event log."""
    with _fresh_database(mongo_admin, "log") as database:
        yield database


@pytest.fixture
def store_database(mongo_admin: MongoClient[dict[str, Any]]) -> Iterator[Database[dict[str, Any]]]:
    """A database that nobody has used, for rows, positions, people and files."""
    with _fresh_database(mongo_admin, "store") as database:
        yield database


@pytest.fixture
def amqp_url(rabbitmq: RabbitMq) -> Iterator[str]:
    """The administrator's address of a virtual host that nobody has used."""
    name = f"test-{secrets.token_hex(4)}"
    management = rabbitmq.management
    management.add_virtual_host(name)
    yield rabbitmq.url.replace("%2F", name)
    management.remove_virtual_host(name)


@contextlib.contextmanager
def _fresh_database(client: MongoClient[dict[str, Any]], kind: str) -> Iterator[Database[dict[str, Any]]]:
    name = f"test_{secrets.token_hex(4)}_{kind}"
    yield client[name]
    client.drop_database(name)
