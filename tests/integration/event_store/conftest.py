"""A log on the real server, as a service has it."""

import secrets
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.collection import Collection
from pymongo.database import Database

from infra.event_store import EVENTS, connect, create_log
from infra.local.mongod import Mongod
from infra.local.provision import MongoProvision


@pytest.fixture
def store(mongod: Mongod) -> Iterator[MongoClient[dict[str, Any]]]:
    with connect(mongod.url) as client:
        yield client


@pytest.fixture
def log(store: MongoClient[dict[str, Any]]) -> Iterator[Database[dict[str, Any]]]:
    database = store[f"test_{secrets.token_hex(4)}_log"]
    create_log(database)
    yield database
    store.drop_database(database.name)


@pytest.fixture
def events(log: Database[dict[str, Any]]) -> Collection[dict[str, Any]]:
    return log[EVENTS]


@pytest.fixture
def service_log(mongod: Mongod, store: MongoClient[dict[str, Any]]) -> Iterator[Database[dict[str, Any]]]:
    """A service's log, seen through the service's own user, who may only find and insert."""
    prefix = f"test_{secrets.token_hex(4)}"
    create_log(store[f"{prefix}_content_log"])
    with connect(MongoProvision(mongod.url, prefix).service("content", "a password")) as client:
        yield client[f"{prefix}_content_log"]
    store.drop_database(f"{prefix}_content_log")
    store.admin.command("dropUser", f"{prefix}_content")
    store.admin.command("dropRole", f"{prefix}_content")


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder with a short name: that of a socket in it may have no more than 108 letters."""
    with TemporaryDirectory(prefix="m") as folder:
        yield Path(folder)
