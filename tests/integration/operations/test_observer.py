"""The observer sees numbers of logs, readers, queues and parked messages; it may see no event, and it survives outages."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pika
import pytest
from prometheus_client import CollectorRegistry, generate_latest
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from infra.event_store import EVENTS
from infra.kernel.ids import natural_id
from infra.local.mongod import Mongod
from infra.local.processes import PORTAL, PROCESSES, SERVICES
from infra.local.provision import MongoProvision, RabbitProvision
from infra.local.rabbitmq import RabbitMq
from infra.messaging.envelope import Envelope
from infra.messaging.parked import Parked
from infra.messaging.relay import EVENTS_TOLD, NOTED, Checkpoint
from infra.messaging.topology import Subscription
from infra.metrics.exporting import FactsCollector
from infra.operations.broker import BrokerEyes
from infra.operations.facts import Facts
from infra.operations.observer import Observer
from infra.operations.readers import READERS
from infra.operations.record import DATABASE, OBSERVED, Observations
from infra.operations.stores import StoreEyes, opened
from infra.read_store.positions import Positions
from infra.read_store.seal import MONITOR_SECRET, Seal
from tests.builders.notices import Notices
from tests.builders.province import Province

pytestmark = pytest.mark.servers
NOON = datetime(2026, 11, 21, 5, tzinfo=UTC)
STORES = (*SERVICES, PORTAL)


@dataclass
class Watch:
    """An observer with the province that it observes, and a clock that tests turn."""

    province: Province
    admin: MongoClient[dict[str, Any]]
    prefix: str
    mongo_url: str
    management_url: str
    folder: Path
    now: datetime = NOON
    clients: list[MongoClient[dict[str, Any]]] = field(default_factory=list)

    def observer(self, mongo_url: str = "", management_url: str = "") -> Observer:
        client = opened(mongo_url or self.mongo_url)
        self.clients.append(client)
        return Observer(
            stores=StoreEyes(client, self.prefix, self.seal),
            broker=BrokerEyes(management_url or self.management_url),
            observations=Observations(client[f"{self.prefix}_{DATABASE}"][OBSERVED]),
            folder=self.folder,
            clock=lambda: self.now,
        )

    @property
    def seal(self) -> Seal:
        return Seal(self.folder / MONITOR_SECRET)

    def store(self, service: str) -> Any:
        return self.admin[f"{self.prefix}_{service}"]

    def log(self, service: str) -> Any:
        return self.admin[f"{self.prefix}_{service}_log"]


@pytest.fixture
def watch(
    mongod: Mongod, rabbitmq: RabbitMq, mongo_admin: MongoClient[dict[str, Any]], tmp_path: Path
) -> Iterator[Watch]:
    province = Province(mongod, rabbitmq)
    for service in SERVICES:
        province.service(service)
    prefix = province.profile.replace("-", "_")
    mongo_url = MongoProvision(mongod.url, prefix).observer(SERVICES, STORES, "seeing")
    management_url = RabbitProvision(rabbitmq.management, rabbitmq.url, province.profile).observer("observer", "seeing")
    watch = Watch(province, mongo_admin, prefix, mongo_url, management_url, tmp_path)
    yield watch
    for client in watch.clients:
        client.close()
    province.close()


def lag_of(facts: Facts, reader: str) -> tuple[int, float]:
    (found,) = (lag for lag in facts.lags if lag.reader == reader)
    return found.events, found.seconds


def test_lag_is_told_in_events_and_in_seconds_also_of_a_reader_that_is_dead(watch: Watch) -> None:
    observer = watch.observer()
    notices = Notices(watch.log("content"))
    notices.post_many(1, 3)
    Positions(watch.store("gateway")).advance("from.content", 3)
    observer.look()
    watch.now += timedelta(seconds=5)
    notices.post_many(4, 2)

    observer.look()
    watch.now += timedelta(seconds=40)
    facts = observer.look()

    assert lag_of(facts, "gateway.from.content") == (2, 40.0)
    assert lag_of(facts, "content.relay") == (5, 45.0)
    assert lag_of(facts, "audit.from.board") == (0, 0.0)


def test_the_relay_s_two_lanes_are_told_apart(watch: Watch) -> None:
    observer = watch.observer()
    Notices(watch.log("content")).post_many(1, 3)
    observer.look()
    Checkpoint(watch.store("content")[NOTED]).advance(3)
    Checkpoint(watch.store("content")[NOTED], EVENTS_TOLD).advance(1)
    watch.now += timedelta(seconds=95)

    facts = observer.look()

    assert lag_of(facts, "content.relay") == (0, 0.0)
    assert lag_of(facts, "content.relay.events") == (2, 95.0)
    registry = CollectorRegistry()
    registry.register(FactsCollector(lambda: facts))
    labels = 'kind="relay",log="content",reader="content.relay.events",service="content"'
    assert f"portal_reader_lag_seconds{{{labels}}} 95.0" in generate_latest(registry).decode()


def test_parked_messages_are_counted_and_those_given_up_are_not(watch: Watch) -> None:
    parked = Parked(watch.store("audit")["parked"])
    for position in (1, 2):
        envelope = Envelope("content", position, "content.x.y", natural_id("x", str(position)), 1, NOON, {"a": 1})
        parked.park(envelope, "ValueError: no", NOON + timedelta(minutes=position))
    parked.give_up("content/1", by=natural_id("account", "tech"), because="no use", at=NOON)

    (count,) = watch.observer().look().parked

    assert (count.service, count.log, count.count, count.since) == ("audit", "content", 1, NOON + timedelta(minutes=2))


def test_the_monitor_s_word_counts_until_its_time_is_over(watch: Watch) -> None:
    state = {
        "_id": "state",
        "state": "intact",
        "reasons": [],
        "checked_at": NOON,
        "findings": 0,
        "valid_until": NOON + timedelta(seconds=15),
    }
    watch.store("audit")["monitor"].insert_one(watch.seal.put(state))
    observer = watch.observer()

    told = observer.look().verification
    assert told is not None
    assert (told.verdict, told.alive, told.checked_at) == ("intact", True, NOON)

    watch.now += timedelta(seconds=15)
    told = observer.look().verification
    assert told is not None
    assert (told.verdict, told.alive) == ("unproven", False)


@pytest.mark.parametrize(
    "forged",
    [
        {"state": "splendid"},
        {"valid_until": "for ever"},
        {"findings": "none"},
        {"checked_at": "yesterday"},
        {"reasons": None},
    ],
    ids=lambda forged: next(iter(forged)),
)
def test_a_forged_word_of_the_monitor_proves_nothing(watch: Watch, forged: dict[str, object]) -> None:
    genuine = {"state": "intact", "reasons": [], "checked_at": NOON, "findings": 0, "valid_until": NOON + timedelta(1)}
    watch.store("audit")["monitor"].insert_one(watch.seal.put({"_id": "state", **genuine, **forged}))

    facts = watch.observer().look()

    assert facts.verification is not None
    assert facts.verification.verdict == "unproven"
    assert facts.up["mongodb"]


@pytest.mark.parametrize("seal", [None, b"", bytes(32)])
def test_a_word_that_the_monitor_has_not_sealed_proves_nothing(watch: Watch, seal: object) -> None:
    word = {"state": "intact", "reasons": [], "checked_at": NOON, "findings": 0, "valid_until": NOON + timedelta(1)}
    watch.seal.put({})
    watch.store("audit")["monitor"].insert_one({"_id": "state", **word, "seal": seal})

    facts = watch.observer().look()

    assert facts.verification is not None
    assert (facts.verification.verdict, facts.verification.alive) == ("unproven", False)


def test_facts_of_another_version_count_as_not_seen_yet(watch: Watch) -> None:
    observer = watch.observer()
    observer.look()
    watch.store(DATABASE)[OBSERVED].update_one({}, {"$set": {"disk": {"free": 1}}})

    assert observer.observations.latest() is None


def test_queues_are_seen_by_a_user_that_may_touch_none(watch: Watch) -> None:
    queue = Subscription("content", "board").queue
    with pika.BlockingConnection(pika.URLParameters(watch.province.service("content").amqp_url)) as connection:
        channel = connection.channel()
        channel.queue_declare(queue, durable=True, arguments={"x-queue-type": "quorum"})
        channel.queue_declare("rpc-content")

        assert [(seen.name, seen.kind) for seen in watch.observer().look().queues] == [(queue, "events")]

    parameters = pika.URLParameters(watch.province.service("content").amqp_url)
    parameters.credentials = pika.PlainCredentials("observer", "seeing")
    refused = pytest.raises(pika.exceptions.ChannelClosedByBroker, match="ACCESS_REFUSED")
    with pika.BlockingConnection(parameters) as connection, refused:
        connection.channel().basic_get(queue)


@pytest.mark.parametrize(
    "attempt",
    [
        lambda watch, client: client[f"{watch.prefix}_content_log"][EVENTS].find_one(),
        lambda watch, client: client[f"{watch.prefix}_audit"]["parked"].find_one(),
        lambda watch, client: client[f"{watch.prefix}_board"]["people"].find_one(),
        lambda watch, client: client[f"{watch.prefix}_board"]["positions"].insert_one({}),
        lambda watch, client: client[f"{watch.prefix}_content_log"]["head"].insert_one({}),
    ],
    ids=["an-event", "a-parked-message", "a-person", "a-position", "a-view"],
)
def test_the_observer_reads_no_event_and_changes_nothing(watch: Watch, attempt: Callable[[Watch, Any], object]) -> None:
    with opened(watch.mongo_url) as client, pytest.raises(OperationFailure, match="not authorized"):
        attempt(watch, client)


def test_a_server_that_is_away_is_told_and_the_rest_is_still_seen(watch: Watch) -> None:
    without_broker = watch.observer(management_url="http://nobody:x@127.0.0.1:1/x").look()
    without_store = watch.observer(mongo_url="mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=200").look()

    assert (without_broker.up, len(without_broker.lags)) == ({"rabbitmq": False, "mongodb": True}, len(READERS))
    assert (without_store.up, without_store.lags) == ({"rabbitmq": True, "mongodb": False}, [])
    assert without_store.disk.free_bytes > 0


def test_staff_and_prometheus_are_told_the_same(watch: Watch) -> None:
    observer = watch.observer()
    Notices(watch.log("board")).post_many(1, 7)
    facts = observer.look()
    registry = CollectorRegistry()
    registry.register(FactsCollector(lambda: facts))

    kept = observer.observations.latest()

    assert kept == facts
    assert b'portal_log_events_total{service="board"} 7.0' in generate_latest(registry)


def test_every_reader_that_the_system_has_is_observed() -> None:
    """What services hear stands in their `service.py`; what else reads a log is a process of its own."""
    hearing = {
        f"{service}.from.{upstream}"
        for service in SERVICES
        for upstream in SERVICES
        if f'@consume("{upstream}"' in Path(f"services/{service}/service.py").read_text(encoding="utf-8")
    }
    processes = {process.name for process in PROCESSES}
    following = {f"{service}.{kind}" for service in SERVICES for kind in ("relay", "projector")
                 if f"{kind} {service}" in processes}  # fmt: skip
    second_lanes = {f"{service}.relay.events" for service in SERVICES}

    assert {reader.name for reader in READERS} == hearing | following | second_lanes | {f"{PORTAL}.from.content"}
    assert len(READERS) == len({reader.name for reader in READERS})
