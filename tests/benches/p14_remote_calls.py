"""P14: remote calls from the gateway by 32 callers at once, beside the least client that can make them.

A page that has to ask a service asks once; 32 callers stand for as many readers in the same instant.
"""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

from infra.messaging.rpc_client import RpcClient
from infra.settings import environment
from tests.benches.frame import Bar, Case
from tests.benches.least_rpc import LeastRpc
from tests.benches.rabbitmq import rabbitmq
from tests.builders.processes import Running

TITLE = "remote calls"
CALLERS = 32
SECONDS = 3.0

Call = Callable[[], Awaitable[object]]


@contextmanager
def cases() -> Iterator[list[Case]]:
    """One service in a process of its own; both clients ask the same one."""
    with rabbitmq() as server, tempfile.TemporaryDirectory() as folder:
        urls = {"ECHO_AMQP_URL": server.url, "ECHO_MONGO_URL": "mongodb://not.needed"}
        service = ("infra.messaging.bus", "tests.benches.echo_service:EchoService")
        with Running(*service, environment={**environment(), **urls}, output=Path(folder) / "echo.log") as process:
            process.await_line("process_ready")
            yield [
                Case(
                    name=f"{CALLERS} callers",
                    unit="calls/s",
                    ours=lambda: asyncio.run(ours(server.url)),
                    control=lambda: asyncio.run(control(server.url)),
                    bar=Bar(">=", 0.8),
                )
            ]


async def ours(url: str) -> float:
    async with RpcClient(url, "gateway") as client:
        return await rate(lambda: client.call("echo", "echo", value="Thông báo"))


async def control(url: str) -> float:
    client = LeastRpc(url)
    await client.start()
    figure = await rate(lambda: client.call("echo", "echo", value="Thông báo"))
    await client.close()
    return figure


async def rate(call: Call) -> float:
    """Let all callers call as often as they can; return calls a second."""
    end, calls, begun = perf_counter() + SECONDS, 0, perf_counter()

    async def caller() -> None:
        nonlocal calls
        while perf_counter() < end:
            await call()
            calls += 1

    await asyncio.gather(*(caller() for _ in range(CALLERS)))
    return calls / (perf_counter() - begun)
