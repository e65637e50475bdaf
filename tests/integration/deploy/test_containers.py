"""What containers run besides the processes does on real servers what it says."""

import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pika
import pytest
from pymongo import MongoClient

from infra.deploy import credentials
from infra.deploy.healthy import asked
from infra.deploy.provision import GivenPasswords
from infra.deploy.replica_set import NotFoundedError, found
from infra.local import addresses
from infra.local.mongod import Mongod
from infra.local.places import ROOT
from infra.local.ports import free_ports
from infra.local.processes import metrics_ports
from infra.local.rabbitmq import RabbitMq
from infra.local.rabbitmq_management import ManagementError
from infra.local.stack import Stack
from infra.settings import MissingSettingError, RunnerSettings, environment
from tests.builders.unfounded_servers import ADMINISTRATOR, PASSWORD, Node

pytestmark = pytest.mark.servers


@pytest.fixture
def profile(mongod: Mongod, rabbitmq: RabbitMq) -> Iterator[str]:
    name = f"test-{secrets.token_hex(4)}"
    yield name
    with suppress(ManagementError):  # not every test makes it
        rabbitmq.management.remove_virtual_host(name)
    with MongoClient[dict[str, Any]](mongod.url) as client:
        for database in client.list_database_names():
            if database.startswith(name.replace("-", "_")):
                client.drop_database(database)


@pytest.fixture
def given(profile: str, mongod: Mongod, rabbitmq: RabbitMq) -> Mapping[str, str]:
    """The settings of a new installation, whose servers are those of the tests."""
    management = f"http://127.0.0.1:{rabbitmq.ports.management}"
    administrators = {"MONGO_URL": mongod.url, "AMQP_URL": rabbitmq.url, "AMQP_MANAGEMENT_URL": management}
    made = dict(credentials.settings(profile, "http://portal.example", "http://staff.example"))
    mongo, amqp = urlsplit(mongod.url).netloc.rpartition("@")[2], urlsplit(rabbitmq.url).netloc.rpartition("@")[2]
    here = {
        name: value.replace(credentials.MONGO_HOSTS, mongo)
        .replace(f"{credentials.RABBITMQ}:5672", amqp)
        .replace(f"{credentials.RABBITMQ}:15672", f"127.0.0.1:{rabbitmq.ports.management}")
        for name, value in made.items()
    }
    return {**here, **administrators}


def provision(given: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = (sys.executable, "-m", "infra.deploy.provision", *arguments)
    own = {**environment(), **given}
    return subprocess.run(command, cwd=ROOT, env=own, capture_output=True, text=True, check=False, timeout=60)


def test_provisioning_makes_exactly_the_users_whose_addresses_are_set(given: Mapping[str, str], profile: str) -> None:
    for arguments in (("--forget-messages",), (), ("--forget-messages",)):
        said = provision(given, *arguments)
        assert said.returncode == 0, said.stderr

    for name in credentials.MONGO_USERS:
        with MongoClient[dict[str, Any]](given[f"{name}_MONGO_URL"]) as client:
            told = client.admin.command("connectionStatus")["authInfo"]["authenticatedUsers"]
        assert [user["user"] for user in told] == [f"{profile.replace('-', '_')}_{credentials.MONGO_USERS[name]}"]
    for name in credentials.AMQP_USERS:
        pika.BlockingConnection(pika.URLParameters(given[f"{name}_AMQP_URL"])).close()


def test_the_addresses_that_are_made_are_those_that_the_one_machine_runner_would_make(
    given: Mapping[str, str], profile: str, mongod: Mongod, rabbitmq: RabbitMq
) -> None:
    settings = RunnerSettings(profile=profile)
    passwords = GivenPasswords.of(given, settings.database_prefix)

    made = {
        **addresses.of_mongo(mongod.url, settings, passwords),
        **addresses.of_rabbitmq(rabbitmq.url, rabbitmq.management, settings, passwords),
    }

    wanted = {f"{name}_MONGO_URL" for name in credentials.MONGO_USERS}
    wanted |= {f"{name}_AMQP_URL" for name in credentials.AMQP_USERS} | {"OBSERVER_MANAGEMENT_URL"}
    assert set(made) == wanted
    for name, address in made.items():
        here, there = urlsplit(address), urlsplit(given[name])
        assert (here.scheme, here.netloc, here.path) == (there.scheme, there.netloc, there.path), name


def test_a_user_without_an_address_is_named(given: Mapping[str, str], profile: str) -> None:
    without = {name: value for name, value in given.items() if name != "CONTENT_MONGO_URL"}

    said = provision(without)

    assert said.returncode == 1
    assert "mongo user content" in said.stderr
    with pytest.raises(MissingSettingError, match="mongo user nobody"):
        GivenPasswords.of(given, profile).secret("mongo-nobody")


def test_three_empty_servers_become_one_replica_set_and_stay_one(tmp_path: Path) -> None:
    ports = free_ports(3)
    nodes = [Node(tmp_path / str(place), port, has_administrator=place == 0) for place, port in enumerate(ports)]
    with nodes[0], nodes[1], nodes[2]:
        hosts = ",".join(node.host for node in nodes)
        url = f"mongodb://{ADMINISTRATOR}:{PASSWORD}@{hosts}/?replicaSet=portal&authSource=admin"

        first, again = found(url, 60), found(url, 60)

        assert {first, again} <= {node.host for node in nodes}
        with MongoClient[dict[str, Any]](url) as client:
            members = client.admin.command("replSetGetConfig")["config"]["members"]
            assert [member["host"] for member in members] == [node.host for node in nodes]
            client.test.get_collection("things").insert_one({"_id": 1})


def test_servers_that_do_not_answer_are_told_of_in_one_sentence() -> None:
    (port,) = free_ports(1)

    with pytest.raises(NotFoundedError, match="no primary after 1 s"):
        found(f"mongodb://a:b@127.0.0.1:{port}/?replicaSet=portal&authSource=admin", 1)


def test_each_process_of_the_running_portal_passes_the_health_check_of_its_container(portal: Stack) -> None:
    answers = {name: asked(port) for name, port in metrics_ports(portal.ports.metrics).items()}

    assert len(answers) > 10
    assert {name: said for name, (ready, said) in answers.items() if not ready} == {}


def test_a_process_that_is_not_there_is_not_healthy() -> None:
    (port,) = free_ports(1)

    assert asked(port)[0] is False
