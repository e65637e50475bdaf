"""One of the relay's two ways: it tells a log to one audience, in order, each event at least once, through every outage."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

from pymongo.collection import Collection

from infra.event_store import LogEntry, StoreUnavailable
from infra.event_store.errors import translated
from infra.logs import get_logger
from infra.messaging import needs
from infra.messaging.backoff import Backoff
from infra.messaging.errors import BrokerUnavailable
from infra.messaging.portions import Portions
from infra.messaging.publisher import Message, Publisher

WINDOW = 500
"""So many events, or a portion's bytes of them, are told at once, and two windows are on their way at most: after a crash,
they are told again."""
LOOK_EVERY_S = 1.0
REFUSED_PAUSE_S = 60.0
"""The longest pause while the broker lets us in and confirms nothing: each attempt tells all others the same once more."""

log = get_logger("relay")

Connect = Callable[[], AbstractAsyncContextManager[Publisher]]
"""Connects to the broker; raises `BrokerUnavailable`."""
Say = Callable[[Sequence[LogEntry]], Iterator[Message]]
"""Returns the messages that tell some entries."""


class Log(Protocol):
    """What the relay asks of a log; see `infra.event_store.LogReader`."""

    def page(self, after: int, limit: int) -> list[LogEntry]:
        """Return the entries after a position, oldest first."""

    def head(self) -> int:
        """Return the position of the last entry; 0 when there is none."""

    def wait(self, after: int, timeout_s: float) -> bool:
        """Wait until there is an entry after the position."""


class Checkpoint:
    """The position up to which the broker has confirmed everything to an audience; kept in the collection `relay`."""

    def __init__(self, collection: Collection[dict[str, Any]], name: str = "checkpoint") -> None:
        self._collection = collection
        self._name = name

    def get(self) -> int:
        """Return the position; 0 before the first confirm."""
        with translated():
            known = self._collection.find_one({"_id": self._name})
        return int(known["position"]) if known else 0

    def begin(self, position: int) -> None:
        """Begin at a position, unless it was begun before."""
        with translated():
            self._collection.update_one({"_id": self._name}, {"$setOnInsert": {"position": position}}, upsert=True)

    def advance(self, position: int) -> None:
        """Note that the broker has confirmed everything up to the position."""
        with translated():
            self._collection.update_one({"_id": self._name}, {"$max": {"position": position}}, upsert=True)


class Turns:
    """Lets one lane go first: the other takes its turn when the first has nothing to tell, or is stuck for a while."""

    def __init__(self) -> None:
        self._free = asyncio.Event()

    def take(self) -> None:
        """Go first."""
        self._free.clear()

    def leave(self) -> None:
        """Have nothing to tell."""
        self._free.set()

    async def wait(self) -> None:
        """Wait for a turn."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_EVERY_S):
                await self._free.wait()


@dataclass(frozen=True, slots=True)
class Lane:
    """Tells a log to the audience `name`; `before_each` is awaited before each window, `idle` after the last of them."""

    name: str
    log: Log
    checkpoint: Checkpoint
    say: Say
    connect: Connect
    before_each: Callable[[], Awaitable[None]]
    idle: Callable[[int], Awaitable[None]]
    away: Backoff = field(default_factory=Backoff)
    refused: Backoff = field(default_factory=lambda: Backoff(longest_s=REFUSED_PAUSE_S))

    async def run(self, stop: asyncio.Event) -> None:
        """Tell events until told to stop, through outages of store and broker.

        Pauses grow until something is noted down as told, or nothing is left to tell: to be let in is no success yet.
        """
        while not stop.is_set():
            backoff = self.away
            try:
                async with self.connect() as publisher:
                    backoff = self.refused
                    await self.follow(publisher, stop)
            except StoreUnavailable as outage:
                await self._wait_out(outage, self.away, stop)
            except BrokerUnavailable as outage:
                await self._wait_out(outage, backoff, stop)

    async def follow(self, publisher: Publisher, stop: asyncio.Event) -> None:
        """Tell one window after the other; while one is told, the one before it is confirmed and noted down."""
        told = await asyncio.to_thread(self.checkpoint.get)
        windows, settling = Portions(self.log, WINDOW), asyncio.create_task(asyncio.sleep(0))
        try:
            while not stop.is_set():
                publisher.check()
                await self.before_each()
                entries = await asyncio.to_thread(windows.after, told)
                needs.stored()
                if not entries:
                    await settling
                    self._succeed()
                    await self.idle(told)
                    continue
                for message in self.say(entries):
                    publisher.publish(message)
                told = entries[-1].position
                await settling
                settling = asyncio.create_task(self._settle(publisher, publisher.sent, told))
        finally:
            await settling

    async def _settle(self, publisher: Publisher, sent: int, told: int) -> None:
        """Note down that everything up to a position is told, once all that tells it is confirmed."""
        unrouted = publisher.unrouted
        await publisher.confirmed(sent)
        if unrouted == 0 and publisher.unrouted:
            log.info("nobody_subscribed", lane=self.name, position=told)
        await asyncio.to_thread(self.checkpoint.advance, told)
        self._succeed()

    def _succeed(self) -> None:
        self.away.reset()
        self.refused.reset()

    async def _wait_out(self, outage: Exception, backoff: Backoff, stop: asyncio.Event) -> None:
        tell_outage(outage, backoff, self.name)
        await pause(stop, backoff.pause_s())


def tell_outage(outage: Exception, backoff: Backoff, lane: str) -> None:
    """Tell of an outage once for each reason, not once for each attempt."""
    needs.met(outage, lane)
    if backoff.is_news(str(outage)):
        away = "broker_unavailable" if isinstance(outage, BrokerUnavailable) else "store_unavailable"
        log.warning(away, lane=lane, reason=str(outage))


async def pause(stop: asyncio.Event, seconds: float) -> None:
    """Wait, unless told to stop."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()
