"""Hearing another service from a plain thread, with pika: the way of the press."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from threading import Event

import pika
from pika import BasicProperties, spec
from pika.adapters.blocking_connection import BlockingChannel

from infra.messaging.connecting import HEARTBEAT_S, broker_errors, parameters
from infra.messaging.errors import BrokerUnavailable
from infra.messaging.inbox import Inbox
from infra.messaging.listening import CHECK_EVERY_S, MESSAGES, Delivery, Listener
from infra.messaging.topology import Subscription, events_exchange, pages_exchange


class Feed:
    """Events of one upstream service for one consumer, in batches, into an inbox."""

    def __init__(self, url: str, consumer: str, inbox: Inbox, check_every_s: float = CHECK_EVERY_S) -> None:
        subscription = Subscription(consumer, inbox.upstream)
        self._listener = Listener(inbox, partial(subscribed, url, subscription), check_every_s)

    def run(self, stop: Event) -> None:
        """Hear until told to stop, through outages; what is in hand is finished first."""
        self._listener.run(stop)


@dataclass(slots=True)
class _PikaDeliveries:
    connection: pika.BlockingConnection
    channel: BlockingChannel
    arrived: list[Delivery] = field(default_factory=list)
    is_cancelled: bool = False

    def next(self, timeout_s: float) -> list[Delivery]:
        """Wait for messages, and take all that are there."""
        with broker_errors():
            self.connection.process_data_events(time_limit=0 if self.arrived else timeout_s)
        if self.is_cancelled:
            raise BrokerUnavailable("the queue was deleted")
        batch, self.arrived = self.arrived[:MESSAGES], self.arrived[MESSAGES:]
        return batch

    def accept(self, last: Delivery) -> None:
        """Acknowledge all up to and with this one."""
        with broker_errors():
            self.channel.basic_ack(last.tag, multiple=True)

    def reject(self, delivery: Delivery) -> None:
        """Send to the dead letters."""
        with broker_errors():
            self.channel.basic_reject(delivery.tag, requeue=False)

    def on_delivery(self, _: BlockingChannel, method: spec.Basic.Deliver, __: BasicProperties, body: bytes) -> None:
        """Keep what the broker has sent until it is asked for."""
        self.arrived.append(Delivery(method.delivery_tag, body, f"{method.exchange} {method.routing_key}".strip()))

    def on_cancel(self, _: object) -> None:
        """Note that nothing more will come."""
        self.is_cancelled = True


@contextmanager
def subscribed(url: str, subscription: Subscription) -> Iterator[_PikaDeliveries]:
    """Connect, make sure of the queue, and subscribe; raises `BrokerUnavailable`."""
    with broker_errors():
        connection = pika.BlockingConnection(parameters(url, f"feed {subscription.queue}", 2 * HEARTBEAT_S))
    try:
        with broker_errors():
            channel = connection.channel()
            _declare(channel, subscription)
            channel.basic_qos(prefetch_count=MESSAGES)
            deliveries = _PikaDeliveries(connection, channel)
            channel.add_on_cancel_callback(deliveries.on_cancel)
            channel.basic_consume(subscription.queue, deliveries.on_delivery)
        yield deliveries
    finally:
        if connection.is_open:
            with broker_errors():
                connection.close()


def _declare(channel: BlockingChannel, subscription: Subscription) -> None:
    """Make the queue and its dead letters; the exchange is the upstream service's to make, and must be there."""
    upstream, dead = pages_exchange(subscription.upstream), subscription.dead_letters
    channel.exchange_declare(upstream, passive=True)
    channel.exchange_declare(dead, "fanout", durable=True)
    channel.queue_declare(dead, durable=True, arguments=subscription.dead_letter_arguments)
    channel.queue_bind(dead, dead)
    channel.queue_declare(subscription.queue, durable=True, arguments=subscription.arguments)
    channel.queue_bind(subscription.queue, upstream, "#")
    # Queues of earlier days heard each event by itself.
    channel.queue_unbind(subscription.queue, events_exchange(subscription.upstream), "#")
