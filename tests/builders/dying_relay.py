"""The relay of the demo service, which kills itself at a moment of its work: `python -m … MOMENT PAGE`."""

import asyncio
import os
import signal
import sys
from dataclasses import dataclass
from typing import cast

from infra.event_store import EVENTS, LogReader, connect
from infra.logs import configure
from infra.messaging.publisher import Message, Publisher
from infra.messaging.relay import Checkpoint, Relay, serve
from infra.settings import ServiceSettings

PUBLISHED, CONFIRMED = "published", "confirmed"
"""Between publishing and the broker's confirm; between the confirm and the checkpoint."""
_TURNS = 10


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@dataclass
class Dying:
    """A publisher that ends its process when the given page is published, or confirmed."""

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


class DyingRelay(Relay):
    async def _follow(self, publisher: Publisher, stop: asyncio.Event) -> None:
        dying = Dying(publisher, sys.argv[1], int(sys.argv[2]))
        await super()._follow(cast("Publisher", dying), stop)


if __name__ == "__main__":
    configure("relay.demo")
    settings = ServiceSettings.load("demo")
    client = connect(settings.mongo_url)
    log, checkpoint = client[settings.log_database][EVENTS], client[settings.store_database]["relay"]
    asyncio.run(serve(DyingRelay("demo", settings.profile, LogReader(log), Checkpoint(checkpoint), settings.amqp_url)))
