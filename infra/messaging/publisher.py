"""Publishing so that the broker has every message safely, or we know that it may not."""

import asyncio
from dataclasses import dataclass
from typing import Self

import pika
from pika import spec
from pika.frame import Method

from infra.messaging.connecting import broker_errors
from infra.messaging.envelope import CONTENT_TYPE
from infra.messaging.errors import BrokerUnavailable
from infra.messaging.session import Session

CONFIRM_TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent where; it is counted when it must be heard and no queue is bound."""

    exchange: str
    routing_key: str
    body: bytes
    id: str
    content_type: str = CONTENT_TYPE
    must_be_heard: bool = False


class Publisher:
    """Sends many messages and waits for the confirms of many of them together; `sent` counts them.

    After `BrokerUnavailable` it is of no more use: which of the unconfirmed messages arrived is unknown.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self.sent = 0
        self._unconfirmed: set[int] = set()
        self._confirmed = 0
        self._news = asyncio.Event()
        self._refused: str | None = None
        self.unrouted = 0
        session.on_lost = lambda _reason: self._news.set()

    @classmethod
    async def on(cls, session: Session) -> Self:
        """Ask the broker to confirm what is sent on the session from now on."""
        publisher = cls(session)
        session.channel.add_on_return_callback(publisher._on_return)
        await session.ask(session.channel.confirm_delivery, ack_nack_callback=publisher._on_confirm)
        return publisher

    def publish(self, message: Message) -> None:
        """Send one message, to be kept on disk; raises `BrokerUnavailable`."""
        properties = pika.BasicProperties(
            content_type=message.content_type,
            content_encoding="utf-8",
            delivery_mode=pika.DeliveryMode.Persistent.value,
            message_id=message.id,
        )
        with broker_errors():
            self._session.channel.basic_publish(
                message.exchange, message.routing_key, message.body, properties, mandatory=message.must_be_heard
            )
        self.sent += 1
        self._unconfirmed.add(self.sent)

    async def confirmed(self, upto: int) -> None:
        """Wait until the broker has confirmed the first so many messages sent; raises `BrokerUnavailable`."""
        try:
            async with asyncio.timeout(CONFIRM_TIMEOUT_S):
                while self._confirmed < upto and not self._refused:
                    self.check()
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise BrokerUnavailable(f"no confirm within {CONFIRM_TIMEOUT_S:.0f} s") from None
        self.check()
        if self._refused:
            raise BrokerUnavailable(self._refused)

    def check(self) -> None:
        """Raise `BrokerUnavailable` when the connection is lost."""
        _ = self._session.channel

    def _on_confirm(self, frame: Method) -> None:
        confirm: spec.Basic.Ack | spec.Basic.Nack = frame.method
        if isinstance(confirm, spec.Basic.Nack):
            self._refused = f"the broker refused message {confirm.delivery_tag}"
        if confirm.multiple:
            self._unconfirmed = {tag for tag in self._unconfirmed if tag > confirm.delivery_tag}
        else:
            self._unconfirmed.discard(confirm.delivery_tag)
        while self._confirmed < self.sent and self._confirmed + 1 not in self._unconfirmed:
            self._confirmed += 1
        self._news.set()

    def _on_return(self, *_: object) -> None:
        self.unrouted += 1
