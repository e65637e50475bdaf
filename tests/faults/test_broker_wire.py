"""A wire to RabbitMQ that delays, slices, tears, cuts, resets and refuses: everything arrives, once in effect, by itself."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from infra.local.rabbitmq import RabbitMq
from infra.messaging.blocking_rpc import BlockingRpc
from infra.messaging.errors import RpcError
from tests.builders.tcp_proxy import TcpProxy, tcp_proxy_to
from tests.builders.waiting import until
from tests.builders.wired import Wired

pytestmark = [pytest.mark.servers, pytest.mark.faults, pytest.mark.timeout(300)]

COUNT = 800


@pytest.fixture
def wire(rabbitmq: RabbitMq, wired: Wired) -> Iterator[TcpProxy]:
    """The only way of all processes to the broker."""
    with ExitStack() as stack:
        proxy, _ = stack.enter_context(tcp_proxy_to(rabbitmq.url))
        for name in ("demo", "ear"):
            url = wired.province.service(name).amqp_url
            wired.settings[f"{name.upper()}_AMQP_URL"] = url.replace(f":{rabbitmq.ports.amqp}/", f":{proxy.port}/")
        yield proxy


def delayed(wire: TcpProxy) -> None:
    wire.delay_s = 0.02


def sliced(wire: TcpProxy) -> None:
    wire.piece_bytes = 100


def cut(wire: TcpProxy) -> None:
    wire.cut()


def reset(wire: TcpProxy) -> None:
    wire.reset()


def torn(wire: TcpProxy) -> None:
    wire.break_after(20_000)
    until(lambda: wire.has_broken, 30)


def held(wire: TcpProxy) -> None:
    wire.hold()


@pytest.mark.parametrize("harm", [delayed, sliced, cut, reset, torn, held])
def test_everything_arrives_over_a_bad_wire(wired: Wired, wire: TcpProxy, harm: Callable[[TcpProxy], None]) -> None:
    wired.start_all()
    wired.notices.post_many(1, COUNT)
    until(lambda: wired.position > 0)
    wired.notices.post_many(COUNT + 1, COUNT)
    harm(wire)
    for number in range(2 * COUNT + 1, 2 * COUNT + 6):
        wired.notices.post(number, "Thông báo")
    wire.release()

    wired.await_position(2 * COUNT + 5)
    assert wired.heard_once(2 * COUNT + 5)
    assert wired.store["parked"].count_documents({}) == 0
    assert all(process.process.poll() is None for process in wired.running)


def test_while_the_wire_is_refused_again_and_again_nothing_ends_and_afterwards_all_arrives(
    wired: Wired, wire: TcpProxy
) -> None:
    wired.start_all()
    for round_ in range(3):
        wire.refuse()
        wired.notices.post_many(1 + 100 * round_, 100)
        seen = round_ + 1
        until(lambda seen=seen: len(wired.running[0].lines("broker_unavailable")) >= min(seen, 1))  # type: ignore[misc]
        wire.accept()
        wired.await_position(100 * (round_ + 1))

    assert wired.heard_once(300)
    assert all(process.process.poll() is None for process in wired.running)


def test_calls_over_a_bad_wire_fail_with_a_name_or_are_answered(wired: Wired, wire: TcpProxy) -> None:
    wired.start_demo().await_line("process_ready")
    url = wired.province.service("gateway", tells=False).amqp_url
    through = url.replace(url.rpartition(":")[2].partition("/")[0], str(wire.port))
    outcomes: set[object] = set()

    def ask(client: BlockingRpc) -> object:
        try:
            return client.call("demo", "echo", timeout_s=2, value="x")
        except RpcError as error:
            return type(error).__name__

    with BlockingRpc(through, "gateway") as client:
        until(lambda: ask(client) == "x")
        for harm in (sliced, cut, delayed, reset):
            harm(wire)
            outcomes.add(ask(client))
            until(lambda: ask(client) == "x", 30)
        wire.break_after(150)
        outcomes.add(ask(client))
        until(lambda: ask(client) == "x", 30)

    assert outcomes <= {"x", "RpcUnavailable", "RpcTimeout", "UnknownService"}
