"""A real mongod for the whole run, and a database of its own for each test."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from pymongo import MongoClient
from pymongo.database import Database

from infra.kernel.ids import new_id
from infra.local.ports import free_ports
from infra.local.preflight import mongod_binary

Document = dict[str, object]


@pytest.fixture(scope="session")
def mongo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MongoClient[Document]]:
    data: Path = tmp_path_factory.mktemp("mongod")
    (port,) = free_ports(1)
    mongod = subprocess.Popen(
        [str(mongod_binary()), "--dbpath", str(data), "--port", str(port), "--bind_ip", "127.0.0.1", "--nounixsocket"],
        stdout=subprocess.DEVNULL,
    )
    client: MongoClient[Document] = MongoClient(port=port, uuidRepresentation="standard", tz_aware=True)
    try:
        yield client
    finally:
        client.close()
        mongod.terminate()
        mongod.wait(30)


@pytest.fixture
def store(mongo: MongoClient[Document]) -> Iterator[Database[Document]]:
    name = f"test_{new_id().hex}"
    yield mongo[name]
    mongo.drop_database(name)
