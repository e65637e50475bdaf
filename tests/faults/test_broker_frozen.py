"""A RabbitMQ that stands still, and answers nothing: bounded time-outs, no pile-up, and everything goes on by itself."""

import asyncio
from time import monotonic

import pytest

from infra.messaging.blocking_rpc import BlockingRpc
from infra.messaging.errors import RpcError, RpcTimeout, RpcUnavailable
from infra.messaging.rpc_client import CALLS_AT_ONCE, RpcClient
from tests.builders.mortal_servers import MortalBroker
from tests.builders.waiting import until
from tests.builders.wired import Wired

pytestmark = [pytest.mark.servers, pytest.mark.faults, pytest.mark.timeout(300)]

SOON_S = 4.0
"""A call with a time-out of half a second may take so long on a busy machine; without a bound it would take for ever."""
AGAIN_S = 0.1


async def refused_in_time(client: RpcClient, kind: type[RpcError], timeout_s: float) -> None:
    begun = monotonic()
    with pytest.raises(kind):
        await client.call("demo", "echo", timeout_s=timeout_s, value=1)
    assert monotonic() - begun < timeout_s + SOON_S


async def answered(client: RpcClient) -> None:
    async with asyncio.timeout(60):
        while not await _echoes(client):
            pass


async def _echoes(client: RpcClient) -> bool:
    try:
        return bool(await client.call("demo", "echo", value=True))
    except RpcError:
        await asyncio.sleep(AGAIN_S)  # a call that is refused at once never lets the client work on its connection
        return False


def test_calls_end_in_time_while_the_broker_stands_still_and_succeed_again_afterwards(
    broker: MortalBroker, wired_over_broker: Wired
) -> None:
    wired = wired_over_broker
    asking = wired.province.service("gateway", tells=False)
    wired.start_demo().await_line("process_ready")

    async def ask() -> None:
        async with RpcClient(asking.amqp_url, "gateway") as client:
            await answered(client)
            with broker.stopped():
                calls = [refused_in_time(client, RpcError, 0.5) for _ in range(CALLS_AT_ONCE + 50)]
                await asyncio.gather(*calls)
                await asyncio.to_thread(until, lambda: not client.is_connected, 30)
                await refused_in_time(client, RpcUnavailable, 30)
            await answered(client)

    asyncio.run(ask())
    with BlockingRpc(asking.amqp_url, "gateway") as client:
        assert client.call("demo", "echo", value=1) == 1
        with broker.stopped(), pytest.raises(RpcTimeout):
            client.call("demo", "echo", timeout_s=0.5, value=1)
        assert client.call("demo", "echo", timeout_s=30, value=2) == 2
    assert wired.running[0].process.poll() is None


def test_what_is_posted_while_the_broker_stands_still_arrives_afterwards(
    broker: MortalBroker, wired_over_broker: Wired
) -> None:
    wired = wired_over_broker
    wired.start_all()
    wired.notices.post_many(1, 50)
    wired.await_position(50)
    with broker.stopped():
        wired.notices.post_many(51, 1_000)
        until(lambda: wired.running[-1].lines("upstream_not_asked"), 30)
        assert wired.position == 50

    wired.await_position(1_050)
    assert wired.heard_once(1_050)
    assert all(process.process.poll() is None for process in wired.running)


@pytest.mark.long
def test_half_a_minute_of_silence_is_outlived_by_everybody(broker: MortalBroker, wired_over_broker: Wired) -> None:
    wired = wired_over_broker
    asking = wired.province.service("gateway", tells=False)
    wired.start_all()

    async def ask() -> None:
        async with RpcClient(asking.amqp_url, "gateway") as client:
            await answered(client)
            with broker.stopped():
                wired.notices.post_many(1, 2_000)
                until_s = monotonic() + 30
                while monotonic() < until_s:
                    await refused_in_time(client, RpcError, 1.0)
            await answered(client)

    asyncio.run(ask())
    wired.await_position(2_000)
    assert wired.heard_once(2_000)
    assert all(process.process.poll() is None for process in wired.running)
    warnings = [line for process in wired.running for line in process.lines("broker_unavailable")]
    assert len(warnings) < 10  # told once for each reason, not once for each attempt


def test_every_process_ends_when_asked_though_the_broker_stands_still(
    broker: MortalBroker, wired_over_broker: Wired
) -> None:
    wired = wired_over_broker
    wired.start_all()
    wired.notices.post_many(1, 5)
    wired.await_position(5)
    with broker.stopped():
        wired.notices.post_many(6, 500)
        for process in wired.running:
            process.process.terminate()
        assert [process.process.wait(15) for process in wired.running] == [0, 0, 0]

    for start in (wired.start_relay, wired.start_demo, wired.start_ear):
        start().await_line("process_ready", timeout_s=40)
    wired.await_position(505)
    assert wired.heard_once(505)
