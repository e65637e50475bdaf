"""Each service's users may do what the service needs, and nothing else."""

import contextlib
import secrets
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

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


@pytest.fixture
def province(rabbitmq: RabbitMq) -> Iterator[RabbitProvision]:
    name = f"province-{secrets.token_hex(4)}"
    provision = RabbitProvision(rabbitmq.management, rabbitmq.url, name)
    provision.virtual_host(["board", "content"])
    yield provision
    rabbitmq.management.remove_virtual_host(name)


def test_a_service_tells_its_events_and_hears_those_of_others(province: RabbitProvision) -> None:
    with contextlib.closing(pika.BlockingConnection(pika.URLParameters(province.service("content", "word")))) as bus:
        channel = bus.channel()
        channel.queue_declare("content.from.board")
        channel.queue_bind("content.from.board", "board.events", "#")
        channel.confirm_delivery()

        channel.basic_publish("content.events", "content.article.published", b"{}")


@pytest.mark.parametrize(
    "attempt",
    [
        lambda channel: channel.basic_publish("board.events", "board.office.appointed", b"{}"),
        lambda channel: channel.queue_declare("board.from.content"),
        lambda channel: channel.exchange_delete("board.events"),
    ],
    ids=["speak-for-another", "take-the-queue-of-another", "remove-an-exchange"],
)
def test_a_service_cannot_speak_or_hear_in_the_name_of_another(
    province: RabbitProvision, attempt: Callable[[Any], object]
) -> None:
    with contextlib.closing(pika.BlockingConnection(pika.URLParameters(province.service("content", "word")))) as bus:
        channel = bus.channel()
        channel.confirm_delivery()

        with pytest.raises(pika.exceptions.ChannelClosedByBroker, match="ACCESS_REFUSED"):
            attempt(channel)


def bound_for_calls(channel: Any, queue: str, key: str) -> None:
    channel.queue_declare(queue, exclusive=True)
    channel.queue_bind(queue, "nameko-rpc", key)


@pytest.mark.parametrize("key", ["board.*", "board.people_of", "#", "*.*"])
def test_a_service_hears_the_calls_of_nobody_else(province: RabbitProvision, key: str) -> None:
    with contextlib.closing(pika.BlockingConnection(pika.URLParameters(province.service("content", "word")))) as bus:
        channel = bus.channel()
        bound_for_calls(channel, "rpc-content", "content.*")
        bound_for_calls(channel, "rpc.reply-content-1", str(UUID(int=1)))

        with pytest.raises(pika.exceptions.ChannelClosedByBroker, match="ACCESS_REFUSED"):
            channel.queue_bind("rpc.reply-content-1", "nameko-rpc", key)


@pytest.mark.parametrize(
    "attempt",
    [
        lambda channel: channel.basic_publish("nameko-rpc", "content.log_page", b"{}"),
        lambda channel: channel.basic_publish("content.events", "content.article.published", b"{}"),
        lambda channel: channel.queue_bind("rpc.reply-gateway-1", "content.events", "#"),
        lambda channel: channel.queue_bind("rpc.reply-gateway-1", "nameko-rpc", "audit.*"),
        lambda channel: channel.queue_declare("gateway.from.content"),
    ],
    ids=["ask-another", "tell", "hear-events", "hear-calls", "take-a-queue"],
)
def test_the_process_that_strangers_reach_asks_one_service_and_nothing_else(
    province: RabbitProvision, attempt: Callable[[Any], object]
) -> None:
    address = province.asker("public", "gateway", "audit", "word")
    with contextlib.closing(pika.BlockingConnection(pika.URLParameters(address))) as bus:
        channel = bus.channel()
        channel.confirm_delivery()
        bound_for_calls(channel, "rpc.reply-gateway-1", str(UUID(int=1)))
        channel.basic_publish("nameko-rpc", "audit.proof", b"{}")

        with pytest.raises(pika.exceptions.ChannelClosedByBroker, match="ACCESS_REFUSED"):
            attempt(channel)


@pytest.mark.parametrize(
    "attempt",
    [
        lambda client, prefix: client[f"{prefix}_content"].people.find_one({}),
        lambda client, prefix: client[f"{prefix}_content"].parked.delete_many({}),
        lambda client, prefix: client[f"{prefix}_content"].parked.insert_one({}),
        lambda client, prefix: client[f"{prefix}_content_log"].events.find_one({}),
    ],
    ids=["see-a-person", "take-a-message-away", "make-a-message-up", "read-an-event"],
)
def test_the_operator_sees_and_decides_on_parked_messages_only(
    mongod: Mongod, content: Client, prefix: str, attempt: Callable[[Any, str], object]
) -> None:
    content[f"{prefix}_content"].parked.insert_one({"_id": "board/1"})
    url = MongoProvision(mongod.url, prefix).operator(["content"], "operating")

    with MongoClient[dict[str, Any]](url) as operator:
        asked = operator[f"{prefix}_content"].parked.update_one({"_id": "board/1"}, {"$set": {"asked": True}})
        assert asked.modified_count == 1
        with pytest.raises(OperationFailure, match="not authorized"):
            attempt(operator, prefix)
