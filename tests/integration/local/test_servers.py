"""MongoDB and RabbitMQ of our own start, keep what they were given, and say clearly why they cannot start."""

import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pika
import pytest
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from infra.local import preflight
from infra.local.mongod import Mongod
from infra.local.ports import free_port_run
from infra.local.programs import CannotStartError, start, stop
from infra.local.rabbitmq import RabbitMq, RabbitPorts

pytestmark = pytest.mark.servers


@contextlib.contextmanager
def running(server: Mongod) -> Iterator[MongoClient[dict[str, Any]]]:
    process = start(server.prepare(), server.directory / "output")
    try:
        server.await_ready(lambda: process.poll() is None)
        with MongoClient[dict[str, Any]](server.url) as client:
            yield client
    finally:
        stop(process)


@contextlib.contextmanager
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_mongod_keeps_what_it_was_given_even_when_its_port_changes(tmp_path: Path) -> None:
    with running(Mongod(tmp_path, free_port_run(1), "password")) as client:
        client.some.things.insert_one({"_id": 1})

    with running(Mongod(tmp_path, free_port_run(1), "password")) as client:
        assert client.some.things.find_one({}) == {"_id": 1}


def test_mongod_lets_nobody_in_without_a_password(mongod: Mongod) -> None:
    with (
        MongoClient[dict[str, Any]](f"mongodb://127.0.0.1:{mongod.port}/") as client,
        pytest.raises(OperationFailure, match="requires authentication"),
    ):
        client.some.things.find_one({})


def test_rabbitmq_lets_only_the_administrator_in_with_the_password(rabbitmq: RabbitMq) -> None:
    pika.BlockingConnection(pika.URLParameters(rabbitmq.url)).close()

    for user in ("guest:guest", "administrator:wrong"):
        with pytest.raises(pika.exceptions.ProbableAuthenticationError):
            pika.BlockingConnection(pika.URLParameters(f"amqp://{user}@127.0.0.1:{rabbitmq.ports.amqp}/%2F"))


def test_a_taken_port_is_said_with_the_way_out_before_mongod_starts(tmp_path: Path) -> None:
    with taken_port() as port, pytest.raises(CannotStartError, match=rf"Port {port}, .* set MONGO_PORT to a free port"):
        Mongod(tmp_path, port, "password").prepare()


def test_a_taken_port_is_said_with_the_way_out_before_rabbitmq_starts(tmp_path: Path) -> None:
    first = free_port_run(3)
    with taken_port() as port, pytest.raises(CannotStartError, match=rf"Port {port}, .* AMQP_PORT"):
        RabbitMq(tmp_path, RabbitPorts(first, port, first + 1, first + 2), "password").prepare()


def test_a_server_that_ends_while_starting_names_the_log_that_says_why(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "storage.bson").write_text("no database", encoding="ascii")
    server = Mongod(tmp_path, free_port_run(1), "password")

    with pytest.raises(CannotStartError, match=f"MongoDB stopped while it was starting.*{server.log}"), running(server):
        pass


def test_too_little_room_on_the_disk_is_said_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(CannotStartError, match=r"MB left and .* set VAR_DIR to a folder on another disk"):
        preflight.disk_has_room(tmp_path, bytes_min=10**18)


def test_a_processor_without_avx_is_said_with_the_way_out(tmp_path: Path) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("flags\t\t: fpu sse2 \n", encoding="ascii")

    with pytest.raises(CannotStartError, match=r"without AVX .* set MONGO_URL"):
        preflight.processor_can_run_mongod(cpuinfo)
