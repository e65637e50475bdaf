"""The process that tells a service's events to all others: `python -m infra.messaging.relay content`."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol

from pymongo.collection import Collection

from infra.event_store import EVENTS, LogEntry, LogReader, StoreUnavailable, connect
from infra.event_store.errors import translated
from infra.logs import PROCESS_READY, configure, get_logger
from infra.messaging import needs
from infra.messaging.backoff import Backoff
from infra.messaging.ending import end_at_last
from infra.messaging.errors import BrokerUnavailable
from infra.messaging.publisher import Publisher
from infra.messaging.session import Session
from infra.messaging.telling import Telling
from infra.messaging.topology import PUBLIC_EXCHANGE, events_exchange, pages_exchange
from infra.metrics.dependencies import watch_store
from infra.metrics.serving import serve as serve_metrics
from infra.settings import ServiceSettings, Settings

WINDOW = 500
"""So many events are told at once, and two windows are on their way at most: after a crash, they are told again."""
_LOOK_EVERY_S = 1.0
_DRAIN_S = 8.0
STOP_TIMEOUT_S = 13.0
"""How long the process may take to end, whatever does not answer."""

log = get_logger("relay")


class Log(Protocol):
    """What the relay asks of a log; see `infra.event_store.LogReader`."""

    def page(self, after: int, limit: int) -> list[LogEntry]:
        """Return the entries after a position, oldest first."""

    def head(self) -> int:
        """Return the position of the last entry; 0 when there is none."""

    def wait(self, after: int, timeout_s: float) -> bool:
        """Wait until there is an entry after the position."""


class Checkpoint:
    """The position up to which the broker has confirmed everything; kept in the collection `relay` of the service."""

    def __init__(self, collection: Collection[dict[str, Any]]) -> None:
        self._collection = collection

    def get(self) -> int:
        """Return the position; 0 before the first confirm."""
        with translated():
            known = self._collection.find_one({"_id": "checkpoint"})
        return int(known["position"]) if known else 0

    def advance(self, position: int) -> None:
        """Note that the broker has confirmed everything up to the position."""
        with translated():
            self._collection.update_one({"_id": "checkpoint"}, {"$max": {"position": position}}, upsert=True)


@dataclass(frozen=True, slots=True)
class Relay:
    """Tells every event of the log in order, each at least once.

    An event for which no queue is bound counts as told: nobody listens yet. Whoever subscribes later finds by the
    positions that something is missing, and fetches it from the log.
    """

    service: str
    profile: str
    log: Log
    checkpoint: Checkpoint
    amqp_url: str
    public_topics: Sequence[str] = ()

    async def run(self, stop: asyncio.Event) -> None:
        """Tell events until told to stop, through outages of store and broker."""
        backoff, ready = Backoff(), False
        while not stop.is_set():
            try:
                ready = ready or await self._tell_ready()
                async with self._connected() as publisher:
                    backoff.reset()
                    await self._follow(publisher, stop)
            except (BrokerUnavailable, StoreUnavailable) as outage:
                needs.met(outage, self.service)
                if backoff.is_news(str(outage)):
                    away = "broker_unavailable" if isinstance(outage, BrokerUnavailable) else "store_unavailable"
                    log.warning(away, service=self.service, reason=str(outage))
                await _pause(stop, backoff.pause_s())

    async def _tell_ready(self) -> bool:
        """The relay is ready as soon as it can read: what the broker misses meanwhile, it hears later."""
        head, told = await asyncio.to_thread(self.log.head), await asyncio.to_thread(self.checkpoint.get)
        if told > head:
            log.error("log_ends_before_checkpoint", service=self.service, head=head, checkpoint=told)
        log.info(PROCESS_READY, service=self.service, untold=max(0, head - told))
        return True

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[Publisher]:
        session = await Session.open(self.amqp_url, f"relay {self.service}")
        try:
            await self._declare(session)
            log.info("broker_connected", service=self.service)
            needs.connected()
            yield await Publisher.on(session)
        finally:
            await session.close()

    async def _declare(self, session: Session) -> None:
        channel, own = session.channel, events_exchange(self.service)
        for exchange in (own, pages_exchange(self.service), PUBLIC_EXCHANGE):
            await session.ask(channel.exchange_declare, exchange=exchange, exchange_type="topic", durable=True)
        for topic in self.public_topics:
            await session.ask(channel.exchange_bind, destination=PUBLIC_EXCHANGE, source=own, routing_key=topic)

    async def _follow(self, publisher: Publisher, stop: asyncio.Event) -> None:
        """Tell one window after the other; while one is told, the one before it is confirmed and noted down."""
        told = await asyncio.to_thread(self.checkpoint.get)
        settling = asyncio.create_task(asyncio.sleep(0))
        try:
            while not stop.is_set():
                publisher.check()
                entries = await asyncio.to_thread(self.log.page, told, WINDOW)
                needs.stored()
                if not entries:
                    await settling
                    await asyncio.to_thread(self.log.wait, told, _LOOK_EVERY_S)
                    continue
                told = self._tell(publisher, entries)
                await settling
                settling = asyncio.create_task(self._settle(publisher, publisher.sent, told))
        finally:
            await settling

    def _tell(self, publisher: Publisher, entries: Sequence[LogEntry]) -> int:
        for message in Telling(self.service, self.profile).messages(entries):
            publisher.publish(message)
        return entries[-1].position

    async def _settle(self, publisher: Publisher, sent: int, told: int) -> None:
        """Note down that everything up to a position is told, once all that tells it is confirmed."""
        unrouted = publisher.unrouted
        await publisher.confirmed(sent)
        if unrouted == 0 and publisher.unrouted:
            log.info("nobody_subscribed", service=self.service, position=told)
        await asyncio.to_thread(self.checkpoint.advance, told)


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()


def relay_of(service: str) -> Relay:
    """Build the relay of a service from its settings; its `messages.PUBLIC_TOPICS` go to systems outside, too."""
    settings = ServiceSettings.load(service)
    client = connect(settings.mongo_url)
    return Relay(
        service=service,
        profile=settings.profile,
        log=LogReader(client[settings.log_database][EVENTS]),
        checkpoint=Checkpoint(client[settings.store_database]["relay"]),
        amqp_url=settings.amqp_url,
        public_topics=tuple(import_module(f"services.{service}.messages").PUBLIC_TOPICS),
    )


async def serve(relay: Relay) -> None:
    """Run a relay until SIGTERM or SIGINT; what is on its way is confirmed first, or told again by the next run."""
    stop = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, stop.set)
    running = asyncio.create_task(relay.run(stop))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
    end_at_last(STOP_TIMEOUT_S)
    await asyncio.wait({running}, timeout=_DRAIN_S)
    if not running.cancel():
        await running
    log.info("process_stopped", service=relay.service)


def main(service: str) -> int:
    """Run the relay of a service."""
    configure(f"relay.{service}")
    serve_metrics(Settings())
    watch_store(ServiceSettings.load(service).mongo_url)
    asyncio.run(serve(relay_of(service)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
