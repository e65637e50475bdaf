"""Hearing another service from a green thread, with kombu: the way of every bus process."""
# kombu has no types:
# mypy: disable-error-code="attr-defined,no-untyped-call"

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from eventlet import Timeout
from kombu import Connection, Consumer, Exchange, Queue
from kombu.message import Message
from kombu.transport.pyamqp import Channel

from infra.messaging.connecting import HEARTBEAT_S, TIMEOUT_S
from infra.messaging.errors import BrokerUnavailable, SilentQueue
from infra.messaging.listening import MESSAGES, Delivery
from infra.messaging.silent_queues import SILENT_AFTER_S, remove_silent
from infra.messaging.topology import Subscription, events_exchange, pages_exchange

_AT_ONCE_S = 0.001
_GOOD_BYE_S = 2.0


@contextmanager
def _broker_errors(connection: Connection) -> Iterator[None]:
    """Turn kombu's errors, and those of the network below it, into `BrokerUnavailable`."""
    try:
        yield
    except (*connection.connection_errors, *connection.channel_errors) as error:
        raise BrokerUnavailable(str(error) or repr(error)) from error


@dataclass(slots=True)
class _KombuDeliveries:
    connection: Connection
    channel: Channel
    arrived: list[Delivery] = field(default_factory=list)

    def next(self, timeout_s: float) -> list[Delivery]:
        """Wait for messages, and take all that are there."""
        with _broker_errors(self.connection):
            self._drain(max(timeout_s, _AT_ONCE_S))
            while self.arrived and len(self.arrived) < MESSAGES and self._drain(_AT_ONCE_S):
                pass
            self.connection.heartbeat_check()
        batch, self.arrived = self.arrived[:MESSAGES], self.arrived[MESSAGES:]
        return batch

    def accept(self, last: Delivery) -> None:
        """Acknowledge all up to and with this one."""
        with _broker_errors(self.connection):
            self.channel.basic_ack(last.tag, multiple=True)

    def reject(self, delivery: Delivery) -> None:
        """Send to the dead letters."""
        with _broker_errors(self.connection):
            self.channel.basic_reject(delivery.tag, requeue=False)

    def on_delivery(self, message: Message) -> None:
        """Keep what the broker has sent until it is asked for; the body stays as it is."""
        body: Any = message.body
        about = message.delivery_info
        origin = f"{about['exchange']} {about['routing_key']}".strip()
        self.arrived.append(
            Delivery(message.delivery_tag, body.encode() if isinstance(body, str) else bytes(body), origin)
        )

    def _drain(self, timeout_s: float) -> bool:
        try:
            self.connection.drain_events(timeout=timeout_s)
        except TimeoutError:
            return False
        return True


@contextmanager
def subscribed(url: str, subscription: Subscription) -> Iterator[_KombuDeliveries]:
    """Connect, make sure of the queue, and subscribe; raises `BrokerUnavailable`."""
    name = {"client_properties": {"connection_name": f"listener {subscription.queue}"}}
    connection = Connection(url, heartbeat=2 * HEARTBEAT_S, connect_timeout=TIMEOUT_S, transport_options=name)
    try:
        with _broker_errors(connection), Timeout(TIMEOUT_S, BrokerUnavailable(f"no answer within {TIMEOUT_S:.0f} s")):
            deliveries, consumer = _subscribe(connection, subscription)
        with _broker_errors(connection), Timeout(SILENT_AFTER_S, SilentQueue(subscription.queue)):
            consumer.consume()
        yield deliveries
    except SilentQueue:
        remove_silent(url, subscription)
        raise
    finally:
        _leave(connection)


def _subscribe(connection: Connection, subscription: Subscription) -> tuple[_KombuDeliveries, Consumer]:
    connection.ensure_connection(max_retries=1, interval_start=0, reraise_as_library_errors=False)
    channel = connection.channel()
    queue = _declare(channel, subscription)
    deliveries = _KombuDeliveries(connection, channel)
    consumer = Consumer(channel, [queue], on_message=deliveries.on_delivery, auto_declare=False)
    consumer.qos(prefetch_count=MESSAGES)
    return deliveries, consumer


def _leave(connection: Connection) -> None:
    """Say good-bye to the broker and wait, for a moment, for its answer."""
    try:
        with _broker_errors(connection), Timeout(_GOOD_BYE_S, exception=False):
            connection.release()
    finally:
        connection.collect()  # nothing is left to collect where the answer came


def _declare(channel: Channel, subscription: Subscription) -> Queue:
    """Make the queue and its dead letters; the exchange is the upstream service's to make, and must be there."""
    upstream = Exchange(pages_exchange(subscription.upstream), type="topic", passive=True)
    dead = Exchange(subscription.dead_letters, type="fanout", durable=True)
    dead_letters = Queue(dead.name, dead, queue_arguments=subscription.dead_letter_arguments)
    queue = Queue(subscription.queue, upstream, routing_key="#", queue_arguments=subscription.arguments)
    dead_letters(channel).declare()
    bound: Queue = queue(channel)
    bound.declare()
    # Queues of earlier days heard each event by itself.
    channel.queue_unbind(subscription.queue, events_exchange(subscription.upstream), "#")
    return bound
