"""Hearing another service from a plain thread, with pika: the way of the press."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from threading import Event

from pika import BasicProperties, spec
from pika.channel import Channel

from infra.messaging.connecting import HEARTBEAT_S, broker_errors
from infra.messaging.errors import BrokerUnavailable, NoAnswer, SilentQueue
from infra.messaging.inbox import Inbox
from infra.messaging.listening import CHECK_EVERY_S, MESSAGES, Delivery, Listener
from infra.messaging.plain_session import PlainSession
from infra.messaging.silent_queues import SILENT_AFTER_S, remove_silent
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
    session: PlainSession
    arrived: list[Delivery] = field(default_factory=list)
    is_cancelled: bool = False

    def next(self, timeout_s: float) -> list[Delivery]:
        """Wait for messages, and take all that are there."""
        self.session.turn(lambda: bool(self.arrived) or self.is_cancelled, timeout_s)
        if self.is_cancelled:
            raise BrokerUnavailable("the queue was deleted")
        batch, self.arrived = self.arrived[:MESSAGES], self.arrived[MESSAGES:]
        return batch

    def accept(self, last: Delivery) -> None:
        """Acknowledge all up to and with this one."""
        with broker_errors():
            self.session.channel.basic_ack(last.tag, multiple=True)

    def reject(self, delivery: Delivery) -> None:
        """Send to the dead letters."""
        with broker_errors():
            self.session.channel.basic_reject(delivery.tag, requeue=False)

    def on_delivery(self, _: Channel, method: spec.Basic.Deliver, __: BasicProperties, body: bytes) -> None:
        """Keep what the broker has sent until it is asked for."""
        self.arrived.append(Delivery(method.delivery_tag, body, f"{method.exchange} {method.routing_key}".strip()))

    def on_cancel(self, _: object) -> None:
        """Note that nothing more will come."""
        self.is_cancelled = True


@contextmanager
def subscribed(url: str, subscription: Subscription) -> Iterator[_PikaDeliveries]:
    """Connect, make sure of the queue, and subscribe; raises `BrokerUnavailable`."""
    session = PlainSession.open(url, f"feed {subscription.queue}", 2 * HEARTBEAT_S)
    try:
        declare(session, subscription)
        deliveries = _PikaDeliveries(session)
        session.channel.add_on_cancel_callback(deliveries.on_cancel)
        session.ask(session.channel.basic_qos, prefetch_count=MESSAGES)
        _hear(session, subscription.queue, deliveries)
        yield deliveries
    except SilentQueue:
        remove_silent(url, subscription)
        raise
    finally:
        session.close()


def _hear(session: PlainSession, queue: str, deliveries: _PikaDeliveries) -> None:
    consume, hear = session.channel.basic_consume, deliveries.on_delivery
    try:
        session.ask(consume, timeout_s=SILENT_AFTER_S, queue=queue, on_message_callback=hear)
    except NoAnswer as silence:
        raise SilentQueue(queue) from silence


def declare(session: PlainSession, subscription: Subscription) -> None:
    """Make the queue and its dead letters; the exchange is the upstream service's to make, and must be there."""
    channel, ask = session.channel, session.ask
    queue, dead = subscription.queue, subscription.dead_letters
    pages, arguments = pages_exchange(subscription.upstream), subscription.dead_letter_arguments
    ask(channel.exchange_declare, exchange=pages, passive=True)
    ask(channel.exchange_declare, exchange=dead, exchange_type="fanout", durable=True)
    ask(channel.queue_declare, queue=dead, durable=True, arguments=arguments)
    ask(channel.queue_bind, queue=dead, exchange=dead)
    ask(channel.queue_declare, queue=queue, durable=True, arguments=subscription.arguments)
    ask(channel.queue_bind, queue=queue, exchange=pages, routing_key="#")
    # Queues of earlier days heard each event by itself.
    ask(channel.queue_unbind, queue=queue, exchange=events_exchange(subscription.upstream), routing_key="#")
