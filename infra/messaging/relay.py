"""The process that tells a service's events to all others: `python -m infra.messaging.relay content`."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from importlib import import_module

from infra.event_store import EVENTS, LogReader, StoreUnavailable, connect
from infra.logs import PROCESS_READY, configure, get_logger
from infra.messaging import needs
from infra.messaging.backoff import Backoff
from infra.messaging.ending import end_at_last
from infra.messaging.lane import LOOK_EVERY_S, WINDOW, Checkpoint, Lane, Log, Turns, pause, tell_outage
from infra.messaging.publisher import Publisher
from infra.messaging.session import Session
from infra.messaging.telling import Telling
from infra.messaging.topology import PUBLIC_EXCHANGE, events_exchange, pages_exchange
from infra.metrics.dependencies import watch_store
from infra.metrics.serving import serve as serve_metrics
from infra.settings import ServiceSettings, Settings

__all__ = ["WINDOW", "Checkpoint", "Relay", "serve"]

PAGES, SINGLY = "pages", "singly"
"""The lanes: to services, and to whoever subscribes by topic."""
NOTED, EVENTS_TOLD = "relay", "events"
"""The collection with both checkpoints, and the name of the second."""
_DRAIN_S = 8.0
STOP_TIMEOUT_S = 13.0
"""How long the process may take to end, whatever does not answer."""

log = get_logger("relay")


@dataclass(frozen=True, slots=True)
class Relay:
    """Tells every event of the log in order, each at least once, to two audiences that cannot hold each other up.

    Services hear pages, and go first; whoever subscribes by topic hears each event by itself. What has no queue bound
    counts as told: nobody listens yet. A service that subscribes later finds by the positions that something is
    missing, and fetches it from the log.
    """

    service: str
    profile: str
    log: Log
    pages_told: Checkpoint
    events_told: Checkpoint
    amqp_url: str
    public_topics: Sequence[str] = ()

    async def run(self, stop: asyncio.Event) -> None:
        """Tell events until told to stop, through outages of store and broker."""
        await self._become_ready(stop)
        pages, events = self.lanes()
        async with asyncio.TaskGroup() as lanes:
            lanes.create_task(pages.run(stop))
            lanes.create_task(events.run(stop))

    def lanes(self) -> tuple[Lane, Lane]:
        """Return how services are told, and how all others are."""
        telling, turns = Telling(self.service, self.profile), Turns()

        async def go_first() -> None:
            turns.take()

        async def await_more(told: int) -> None:
            turns.leave()
            await asyncio.to_thread(self.log.wait, told, LOOK_EVERY_S)

        async def look_again(_: int) -> None:
            turns.take()
            await turns.wait()

        to_services, to_others = partial(self._connected, PAGES), partial(self._connected, SINGLY)
        return (
            Lane(PAGES, self.log, self.pages_told, telling.pages, to_services, go_first, await_more),
            Lane(SINGLY, self.log, self.events_told, telling.events, to_others, turns.wait, look_again),
        )

    async def _become_ready(self, stop: asyncio.Event) -> None:
        """The relay is ready as soon as it can read: what the broker misses meanwhile, it hears later."""
        backoff = Backoff()
        while not stop.is_set():
            try:
                await asyncio.to_thread(self._tell_ready)
            except StoreUnavailable as outage:
                tell_outage(outage, backoff, PAGES)
                await pause(stop, backoff.pause_s())
            else:
                return

    def _tell_ready(self) -> None:
        head, told = self.log.head(), self.pages_told.get()
        self.events_told.begin(told)  # where it was one checkpoint for both
        if told > head:
            log.error("log_ends_before_checkpoint", service=self.service, head=head, checkpoint=told)
        log.info(PROCESS_READY, service=self.service, untold=max(0, head - told))

    @asynccontextmanager
    async def _connected(self, lane: str) -> AsyncIterator[Publisher]:
        session = await Session.open(self.amqp_url, f"relay {self.service} {lane}")
        try:
            await self._declare(session)
            log.info("broker_connected", service=self.service, lane=lane)
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


def relay_of(service: str) -> Relay:
    """Build the relay of a service from its settings; its `messages.PUBLIC_TOPICS` go to systems outside, too."""
    settings = ServiceSettings.load(service)
    client = connect(settings.mongo_url)
    noted = client[settings.store_database][NOTED]
    return Relay(
        service=service,
        profile=settings.profile,
        log=LogReader(client[settings.log_database][EVENTS]),
        pages_told=Checkpoint(noted),
        events_told=Checkpoint(noted, EVENTS_TOLD),
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
