"""The relay of the demo service, which kills itself at a moment of its work: `python -m … LANE MOMENT WINDOW`."""

import asyncio
import os
import signal
import sys
from dataclasses import dataclass, fields
from typing import cast

from infra.event_store import EVENTS, LogReader, connect
from infra.logs import configure
from infra.messaging.lane import Lane
from infra.messaging.publisher import Message, Publisher
from infra.messaging.relay import EVENTS_TOLD, NOTED, Checkpoint, Relay, serve
from infra.settings import ServiceSettings

PUBLISHED, CONFIRMED = "published", "confirmed"
"""Between publishing and the broker's confirm; between the confirm and the checkpoint."""
_TURNS = 10


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@dataclass
class Dying:
    """A publisher that ends its process when the given window is published, or confirmed."""

    publisher: Publisher
    moment: str
    pages_left: int

    @property
    def unrouted(self) -> int:
        return self.publisher.unrouted

    @property
    def sent(self) -> int:
        return self.publisher.sent

    def check(self) -> None:
        self.publisher.check()

    def publish(self, message: Message) -> None:
        self.publisher.publish(message)

    async def confirmed(self, upto: int) -> None:
        self.pages_left -= 1
        if self.pages_left == 0 and self.moment == PUBLISHED:
            for _ in range(_TURNS):  # what was written goes out
                await asyncio.sleep(0)
            die()
        await self.publisher.confirmed(upto)
        if self.pages_left == 0:
            die()


class DyingLane(Lane):
    async def follow(self, publisher: Publisher, stop: asyncio.Event) -> None:
        dying = Dying(publisher, sys.argv[2], int(sys.argv[3]))
        await super().follow(cast("Publisher", dying), stop)


class DyingRelay(Relay):
    def lanes(self) -> tuple[Lane, Lane]:
        to_services, to_others = super().lanes()
        return _dying(to_services), _dying(to_others)


def _dying(lane: Lane) -> Lane:
    parts = [getattr(lane, part.name) for part in fields(lane)]
    return DyingLane(*parts) if lane.name == sys.argv[1] else lane


if __name__ == "__main__":
    configure("relay.demo")
    settings = ServiceSettings.load("demo")
    client = connect(settings.mongo_url)
    log, noted = LogReader(client[settings.log_database][EVENTS]), client[settings.store_database][NOTED]
    told = (Checkpoint(noted), Checkpoint(noted, EVENTS_TOLD))
    asyncio.run(serve(DyingRelay("demo", settings.profile, log, *told, settings.amqp_url)))
