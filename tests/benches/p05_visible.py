"""P5: from the commit of a publication to its page being readable, through everything: log, relay, queue, press, gateway.

Twenty publications a second are a thousand times what a province publishes; a page that takes a tenth of a second even
then is there before the deputy who published it has moved the hand to the mouse.
"""

import socket
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from queue import Empty, Queue
from secrets import token_urlsafe
from threading import Event
from time import perf_counter

from infra.local.mongod import Mongod
from infra.local.ports import free_ports
from infra.local.programs import start, stop
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
        for process in (side.relay(), side.listening_press(), side.gateway()):
            started.enter_context(process)
        yield [
            Case(
                name="p99 at 20 publications a second",
                unit="ms",
                ours=lambda: slowest_hundredth_ms(newsroom, side.port),
                control=None,
                bar=Bar("<=", LONGEST_MS),
                rounds=3,
            )
        ]


def slowest_hundredth_ms(newsroom: Newsroom, port: int) -> float:
    """Publish at a steady pace while a reader waits for each page; return the 99th percentile of the waiting."""
    prepared = [newsroom.cleared(f"Tin số {number}") for number in range(EVENTS)]
    with ThreadPoolExecutor(1) as readers:
        committed: Queue[tuple[str, float]] = Queue()
        waited = readers.submit(waits_s, committed, port)
        begun = perf_counter()
        for number, article in enumerate(prepared):
            Event().wait(max(0.0, begun + number * EVERY_S - perf_counter()))
            assert article.publish(article.content_hash, made_of.DEPUTY, act=made_of.BY_DEPUTY) is None
            newsroom.save(article)
            committed.put((f"/vi/tin-tuc/{article.slugs['vi']}", perf_counter()))
        return 1000 * sorted(waited.result())[int(0.99 * EVENTS) - 1]


def waits_s(committed: Queue[tuple[str, float]], port: int) -> list[float]:
    """Ask for every page that is committed, again and again until it is there; return how long each took."""
    waits: list[float] = []
    waiting: dict[str, float] = {}
    with socket.create_connection(("127.0.0.1", port)) as connection:
        while len(waits) < EVENTS:
            with suppress(Empty):
                waiting.update([committed.get(timeout=_LOOK_EVERY_S)])
            for path, since in list(waiting.items()):
                if is_there(connection, path):
                    waits.append(perf_counter() - since)
                    del waiting[path]
                elif perf_counter() - since > _PATIENCE_S:
                    raise TimeoutError(path)
    return waits


def is_there(connection: socket.socket, path: str) -> bool:
    """Ask in the least words, so that asking takes little of the machine."""
    connection.sendall(f"HEAD {path} HTTP/1.1\r\nHost: portal\r\n\r\n".encode())
    answer = b""
    while not answer.endswith(b"\r\n\r\n"):
        answer += connection.recv(4096)
    return answer.startswith(b"HTTP/1.1 200")


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
