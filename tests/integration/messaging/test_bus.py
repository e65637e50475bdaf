"""A service behind the bus door, as a process of its own: it answers calls, hears another service, and ends in order."""

import asyncio
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pika
import pytest

from infra.messaging.blocking_rpc import BlockingRpc
from infra.messaging.errors import RemoteFault, RpcTimeout, RpcUnavailable, UnknownService
from infra.messaging.rpc_client import RpcClient
from infra.settings import ServiceSettings
from tests.builders.processes import Running
from tests.builders.province import Province
from tests.builders.waiting import until

pytestmark = pytest.mark.servers

DEMO = ("infra.messaging.bus", "tests.builders.demo_service:DemoService")


@pytest.fixture
def demo(province: Province, tmp_path: Path) -> Iterator[Running]:
    province.service("demo")
    with Running(*DEMO, environment=province.environment(), output=tmp_path / "demo.log") as process:
        process.await_line("process_ready")
        yield process


@pytest.fixture
def asking(province: Province) -> ServiceSettings:
    return province.service("gateway", tells=False)


def test_a_call_brings_the_answer(demo: Running, asking: ServiceSettings) -> None:
    async def ask() -> list[Any]:
        async with RpcClient(asking.amqp_url, "gateway") as client:
            values = [None, 1, "Thông báo", [1, {"a": None}], {"$ne": 1}]
            return list(await asyncio.gather(*(client.call("demo", "echo", value=value) for value in values)))

    assert asyncio.run(ask()) == [None, 1, "Thông báo", [1, {"a": None}], {"$ne": 1}]
    with BlockingRpc(asking.amqp_url, "gateway") as client:
        assert client.call("demo", "echo", value=[1]) == [1]
        assert client.call("demo", "echo", value="x") == "x"
    assert demo.stop() == 0


def test_what_goes_wrong_with_a_call_has_a_name(demo: Running, asking: ServiceSettings) -> None:
    async def ask() -> None:
        async with RpcClient(asking.amqp_url, "gateway") as client:
            with pytest.raises(UnknownService):
                await client.call("nobody", "echo", value=1)
            with pytest.raises(RemoteFault) as fault:
                await client.call("demo", "crash")
            assert fault.value.kind == "KeyError"
            with pytest.raises(RpcUnavailable, match="no majority"):
                await client.call("demo", "lean")
            with pytest.raises(RemoteFault) as fault:
                await client.call("demo", "no_such_method")
            assert fault.value.kind == "MethodNotFound"
            with pytest.raises(RemoteFault) as fault:
                await client.call("demo", "echo", wrong=1)
            assert fault.value.kind == "IncorrectSignature"
            with pytest.raises(RpcTimeout):
                await client.call("demo", "slow", timeout_s=0.2, seconds=1)
            assert await client.call("demo", "echo", value=1) == 1

    asyncio.run(ask())
    with BlockingRpc(asking.amqp_url, "gateway") as client:
        with pytest.raises(UnknownService):
            client.call("nobody", "echo", value=1)
        with pytest.raises(RemoteFault):
            client.call("demo", "crash")
        with pytest.raises(RpcTimeout):
            client.call("demo", "slow", timeout_s=0.2, seconds=1)
        assert client.call("demo", "echo", value=1) == 1
    assert len(demo.lines("call_failed")) == 2


def test_without_a_broker_a_call_fails_soon_and_later_calls_succeed_again(
    demo: Running, asking: ServiceSettings, province: Province
) -> None:
    async def ask() -> None:
        async with RpcClient(asking.amqp_url, "gateway") as client:
            waits = asyncio.create_task(client.call("demo", "slow", seconds=5))
            await client.call("demo", "echo", value=1)
            province.lose_broker()
            with pytest.raises(RpcUnavailable):
                await waits
            with pytest.raises(RpcUnavailable):
                await client.call("demo", "echo", value=2)
            province.found_broker()
            async with asyncio.timeout(15):
                while not await answers(client):
                    pass

    async def answers(client: RpcClient) -> bool:
        try:
            return bool(await client.call("demo", "echo", value=True))
        except (RpcUnavailable, UnknownService):
            return False

    asyncio.run(ask())
    assert demo.process.poll() is None


def test_an_answer_that_cannot_be_sent_does_not_end_the_process(
    demo: Running, asking: ServiceSettings, province: Province
) -> None:
    async def ask() -> None:
        async with RpcClient(asking.amqp_url, "gateway") as client:
            slow = asyncio.create_task(client.call("demo", "slow", seconds=1))
            await client.call("demo", "echo", value=1)
            province.lose_broker()
            with pytest.raises(RpcUnavailable):
                await slow

    asyncio.run(ask())
    demo.await_line("answer_lost")
    province.found_broker()
    with BlockingRpc(asking.amqp_url, "gateway") as client:
        until(lambda: answers(client))
    assert demo.stop() == 0


def answers(client: BlockingRpc) -> bool:
    try:
        return bool(client.call("demo", "echo", value=True))
    except (RpcUnavailable, UnknownService):
        return False


def test_a_blocking_call_connects_again_after_the_broker_was_lost(
    demo: Running, asking: ServiceSettings, province: Province
) -> None:
    with BlockingRpc(asking.amqp_url, "gateway") as client:
        assert answers(client)
        province.lose_broker()
        with pytest.raises(RpcUnavailable):
            client.call("demo", "echo", value=True)
        province.found_broker()
        until(lambda: answers(client))
    assert demo.process.poll() is None


def test_the_callers_correlation_id_is_in_the_services_log(demo: Running, asking: ServiceSettings) -> None:
    with BlockingRpc(asking.amqp_url, "gateway") as client, pytest.raises(RemoteFault):
        client.call("demo", "crash", correlation="c-17")

    (line,) = demo.await_line("call_failed")
    assert (line["correlation"], line["called"], line["process"]) == ("c-17", "demo.crash", "bus.demo")


def test_a_call_in_hand_is_answered_before_the_process_ends(demo: Running, asking: ServiceSettings) -> None:
    async def ask() -> Any:
        async with RpcClient(asking.amqp_url, "gateway") as client:
            slow = asyncio.create_task(client.call("demo", "slow", seconds=1.5))
            await client.call("demo", "echo", value=1)
            demo.process.terminate()
            return await slow

    assert asyncio.run(ask()) == "done"
    assert demo.process.wait(15) == 0
    with pika.BlockingConnection(pika.URLParameters(asking.amqp_url.replace("gateway", "demo"))) as connection:
        assert connection.channel().queue_declare("rpc-demo", passive=True).method.message_count == 0


def test_what_is_no_call_does_not_end_the_process(demo: Running, asking: ServiceSettings) -> None:
    bodies = (b"", b"[]", b"{}", b'{"args": 1, "kwargs": 2}', b'{"args": [], "kwargs": {"value": 1}}', b"\xff")
    kinds = ("application/json", "text/x-nothing", None)
    with pika.BlockingConnection(pika.URLParameters(asking.amqp_url)) as connection:
        channel = connection.channel()
        for body, kind, reply_to in product(bodies, kinds, (None, "nowhere")):
            about = pika.BasicProperties(content_type=kind, content_encoding="utf-8", reply_to=reply_to)
            channel.basic_publish("nameko-rpc", "demo.echo", body, about)

    with BlockingRpc(asking.amqp_url, "gateway") as client:
        assert client.call("demo", "echo", value=1) == 1
    assert demo.process.poll() is None


def test_the_bus_waits_for_a_broker_that_is_away_at_the_start(province: Province, tmp_path: Path) -> None:
    province.service("demo")
    asking = province.service("gateway", tells=False)
    province.lose_broker()
    with Running(*DEMO, environment=province.environment(), output=tmp_path / "demo.log") as process:
        process.await_line("broker_unavailable")
        assert process.lines("process_ready") == []
        province.found_broker()
        process.await_line("process_ready")

        with BlockingRpc(asking.amqp_url, "gateway") as client:
            assert client.call("demo", "echo", value=1) == 1


def test_the_bus_ends_when_asked_even_while_it_waits_for_the_broker(province: Province, tmp_path: Path) -> None:
    province.service("demo")
    province.lose_broker()
    with Running(*DEMO, environment=province.environment(), output=tmp_path / "demo.log") as process:
        process.await_line("broker_unavailable")

        assert process.stop() == 0
