"""P5: from the commit of a publication to its page being readable, through everything: log, relay, queue, press, gateway.

Twenty publications a second are a thousand times what a province publishes; a page that takes a tenth of a second even
then is there before the deputy who published it has moved the hand to the mouse.
"""

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from secrets import token_urlsafe
from time import perf_counter

import httpx

from infra.local.mongod import Mongod
from infra.local.ports import free_ports
from infra.local.programs import start, stop
from services.content.domain.article import Article
from tests.benches.frame import Bar, Case
from tests.benches.rabbitmq import rabbitmq
from tests.builders import content as made_of
from tests.builders.portal import Newsroom, PublicSide
from tests.builders.province import Province

TITLE = "commit to visible page"
EVENTS = 200
EVERY_S = 1 / 20
LONGEST_MS = 100.0
_LOOK_EVERY_S = 0.004
_PATIENCE_S = 30.0


@contextmanager
def cases() -> Iterator[list[Case]]:
    """Every process of the public side, on servers of its own."""
    with ExitStack() as started:
        folder = Path(
            started.enter_context(tempfile.TemporaryDirectory(prefix="bench-p5-", ignore_cleanup_errors=True))
        )
        province = Province(started.enter_context(mongod(folder / "mongod")), started.enter_context(rabbitmq()))
        side = PublicSide(province, folder)
        newsroom = Newsroom(province)
        started.callback(newsroom.close)
        for process in (side.relay(), side.press(), side.gateway()):
            started.enter_context(process)
        yield [
            Case(
                name="p99 at 20 publications a second",
                unit="ms",
                ours=lambda: asyncio.run(slowest_hundredth_ms(newsroom, side.address)),
                control=None,
                bar=Bar("<=", LONGEST_MS),
                rounds=3,
            )
        ]


async def slowest_hundredth_ms(newsroom: Newsroom, address: str) -> float:
    """Publish at a steady pace while a reader waits for each page; return the 99th percentile of the waiting."""
    prepared = [newsroom.cleared(f"Tin số {number}") for number in range(EVENTS)]
    async with httpx.AsyncClient(base_url=address) as reader:
        waiting: list[asyncio.Task[float]] = []
        begun = perf_counter()
        for number, article in enumerate(prepared):
            await asyncio.sleep(max(0.0, begun + number * EVERY_S - perf_counter()))
            await asyncio.to_thread(publish, newsroom, article)
            waiting.append(asyncio.create_task(seen_after_s(reader, f"/vi/tin-tuc/{article.slugs['vi']}")))
        waited = sorted(await asyncio.gather(*waiting))
    return 1000 * waited[int(0.99 * len(waited)) - 1]


def publish(newsroom: Newsroom, article: Article) -> None:
    """Publish and commit; the waiting begins when this returns."""
    assert article.publish(article.content_hash, made_of.DEPUTY, act=made_of.BY_DEPUTY) is None
    newsroom.save(article)


async def seen_after_s(reader: httpx.AsyncClient, path: str) -> float:
    begun = perf_counter()
    while (await reader.head(path)).status_code != httpx.codes.OK:
        if perf_counter() - begun > _PATIENCE_S:
            raise TimeoutError(path)
        await asyncio.sleep(_LOOK_EVERY_S)
    return perf_counter() - begun


@contextmanager
def mongod(folder: Path) -> Iterator[Mongod]:
    (port,) = free_ports(1)
    server = Mongod(folder, port, token_urlsafe(12))
    process = start(server.prepare(), server.directory / "output")
    try:
        server.await_ready(lambda: process.poll() is None)
        yield server
    finally:
        stop(process, timeout_s=5)
