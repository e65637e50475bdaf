"""Each service's users may do what the service needs, and nothing else."""

import secrets
from collections.abc import Callable, Iterator
from typing import Any

import pika
import pytest
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from infra.local.mongod import Mongod
from infra.local.provision import MongoProvision, RabbitProvision
from infra.local.rabbitmq import RabbitMq

pytestmark = pytest.mark.servers
Client = MongoClient[dict[str, Any]]


@pytest.fixture
def prefix(mongo_admin: Client) -> Iterator[str]:
    name = f"test_{secrets.token_hex(4)}"
    yield name
    for kind in ("content_log", "content", "board_log"):
        mongo_admin.drop_database(f"{name}_{kind}")


@pytest.fixture
def content(mongod: Mongod, prefix: str) -> Iterator[Client]:
    with MongoClient(MongoProvision(mongod.url, prefix).service("content", "first")) as client:
        yield client


def test_a_service_adds_to_its_own_log_and_reads_it(content: Client, prefix: str) -> None:
    log = content[f"{prefix}_content_log"].events

    log.insert_one({"_id": 1})

    assert log.find_one({}) == {"_id": 1}


def test_a_service_watches_its_own_log(content: Client, prefix: str) -> None:
    with content[f"{prefix}_content_log"].events.watch() as changes:
        assert changes.try_next() is None


@pytest.mark.parametrize(
    "attempt",
    [
        lambda log: log.events.update_one({"_id": 1}, {"$set": {"body": "other words"}}),
        lambda log: log.events.replace_one({"_id": 1}, {"body": "other words"}),
        lambda log: log.events.delete_one({"_id": 1}),
        lambda log: log.events.drop(),
        lambda log: log.events.rename("other"),
        lambda log: log.events.create_index("body"),
        lambda log: log.other.insert_one({}),
        lambda log: log.command("dropDatabase"),
        lambda log: log.events.aggregate([{"$match": {}}, {"$out": "events"}]),
    ],
    ids=["update", "replace", "delete", "drop", "rename", "index", "other-collection", "drop-database", "out"],
)
def test_a_service_cannot_change_or_remove_an_event(
    content: Client, prefix: str, attempt: Callable[[Any], object]
) -> None:
    log = content[f"{prefix}_content_log"]
    log.events.insert_one({"_id": 1, "body": "words"})

    with pytest.raises(OperationFailure, match="not authorized"):
        attempt(log)

    assert list(log.events.find()) == [{"_id": 1, "body": "words"}]


def test_a_service_does_not_reach_the_log_or_store_of_another(content: Client, prefix: str) -> None:
    for database in (f"{prefix}_board_log", f"{prefix}_board"):
        with pytest.raises(OperationFailure, match="not authorized"):
            content[database].events.find_one({})


def test_a_service_changes_its_own_store_freely(content: Client, prefix: str) -> None:
    rows = content[f"{prefix}_content"].rows
    rows.create_index("position")
    rows.insert_one({"_id": 1})

    rows.update_one({"_id": 1}, {"$set": {"position": 7}})

    assert rows.find_one({}) == {"_id": 1, "position": 7}
    rows.drop()


def test_the_verifier_reads_every_log_and_changes_none(mongod: Mongod, content: Client, prefix: str) -> None:
    content[f"{prefix}_content_log"].events.insert_one({"_id": 1})
    url = MongoProvision(mongod.url, prefix).verifier(["board", "content"], "verifying")

    with MongoClient[dict[str, Any]](url) as verifier:
        assert verifier[f"{prefix}_content_log"].events.find_one({}) == {"_id": 1}
        assert verifier[f"{prefix}_board_log"].events.find_one({}) is None
        with pytest.raises(OperationFailure, match="not authorized"):
            verifier[f"{prefix}_content_log"].events.insert_one({})
        with pytest.raises(OperationFailure, match="not authorized"):
            verifier[f"{prefix}_content"].rows.find_one({})


def test_provisioning_twice_gives_the_user_its_new_password(mongod: Mongod, content: Client, prefix: str) -> None:
    url = MongoProvision(mongod.url, prefix).service("content", "second")

    with MongoClient[dict[str, Any]](url) as client:
        assert client[f"{prefix}_content_log"].events.find_one({}) is None
    assert content is not None


def test_a_service_of_the_bus_meets_the_others_in_its_virtual_host(rabbitmq: RabbitMq) -> None:
    provision = RabbitProvision(rabbitmq.management, rabbitmq.url, "some-province")
    provision.virtual_host()
    url = provision.service("content", "first")

    connection = pika.BlockingConnection(pika.URLParameters(url))
    connection.channel().exchange_declare("content.events", "topic", durable=True)
    connection.close()

    rabbitmq.management.remove_virtual_host("some-province")
