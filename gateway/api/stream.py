"""Public events as they happen: one poller reads the store for all who listen, however many they are."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from time import monotonic

from pymongo.errors import PyMongoError
from starlette.concurrency import run_in_threadpool

from gateway.queries import PublicEvent
from infra.logs import get_logger

HEARTBEAT_S = 15.0
_LOOK_EVERY_S = 0.5
_PAGE = 200
_KEPT = 1_000
LISTENERS_MOST = 6_000
"""So many may listen at once; baked pages stay reachable however many would like to."""

ReadEvents = Callable[[int, int], Sequence[PublicEvent]]
"""Gives at most so many (second) public events after a position (first), in order."""

log = get_logger("stream")


def as_sse(event: PublicEvent) -> bytes:
    """Write an event as a server-sent event; its id is what `Last-Event-ID` brings back."""
    return f"id: {event.id}\nevent: {event.topic}\ndata: {event.json}\n\n".encode()


class EventStream:
    """Follows public events. Reads nothing while nobody listens."""

    def __init__(
        self, read: ReadEvents, *, look_every_s: float = _LOOK_EVERY_S, heartbeat_s: float = HEARTBEAT_S
    ) -> None:
        self._read = read
        self._look_every_s = look_every_s
        self._heartbeat_s = heartbeat_s
        self._recent: list[PublicEvent] = []
        self._known_from = 0
        self._tick = asyncio.Event()
        self._listeners = 0
        self._poller: asyncio.Task[None] | None = None

    @property
    def full(self) -> bool:
        """Tell whether as many listen as may."""
        return self._listeners >= LISTENERS_MOST

    async def follow(self, after: int) -> AsyncIterator[bytes]:
        """Give every public event after a position, and a comment from time to time while there is none."""
        self._listeners += 1
        if self._poller is None:
            self._known_from, self._recent = after, []
            self._poller = asyncio.create_task(self._poll())
        try:
            yield b"retry: 3000\n\n"
            while True:
                events = await self._next(after)
                yield b"".join(map(as_sse, events)) or b": still here\n\n"
                after = events[-1].position if events else after
        finally:
            self._listeners -= 1
            await self._rest()

    async def _next(self, after: int) -> Sequence[PublicEvent]:
        """Return what follows a position; wait for it until the next heartbeat."""
        if after < self._known_from:
            events = await run_in_threadpool(self._read, after, _PAGE)
            if events:
                return events
        fresh = self._after(after)
        if fresh:
            return fresh
        await self._tick.wait()
        return self._after(after)

    def _after(self, position: int) -> list[PublicEvent]:
        return [event for event in self._recent if event.position > position]

    async def _poll(self) -> None:
        beat = monotonic() + self._heartbeat_s
        while True:
            if await self._look() or monotonic() >= beat:
                beat = monotonic() + self._heartbeat_s
                tick, self._tick = self._tick, asyncio.Event()
                tick.set()
            await asyncio.sleep(self._look_every_s)

    async def _look(self) -> bool:
        """Read what is new, if the store can be reached; tell whether there was anything."""
        last = self._recent[-1].position if self._recent else self._known_from
        try:
            events = await run_in_threadpool(self._read, last, _PAGE)
        except PyMongoError as away:
            log.warning("stream_waits", reason=type(away).__name__)
            return False
        self._recent += events
        if len(self._recent) > _KEPT:
            self._known_from = self._recent[-_KEPT - 1].position
            self._recent = self._recent[-_KEPT:]
        return bool(events)

    async def _rest(self) -> None:
        if self._listeners == 0 and self._poller is not None:
            poller, self._poller = self._poller, None
            poller.cancel()
            with suppress(asyncio.CancelledError):
                await poller
