"""Content's log, relay, queue, press and gateway as processes of their own, on real servers."""

import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from infra.local.mongod import Mongod
from infra.local.ports import free_ports
from infra.local.rabbitmq import RabbitMq
from services.content.messages import Text
from tests.builders.portal import Newsroom, PublicSide
from tests.builders.province import Province
from tests.builders.waiting import until
from tests.integration.gateway.conftest import baked_bytes

pytestmark = [pytest.mark.servers, pytest.mark.faults]


@pytest.fixture
def province(mongod: Mongod, rabbitmq: RabbitMq) -> Iterator[Province]:
    made = Province(mongod, rabbitmq)
    yield made
    made.close()


@pytest.fixture
def public_side(province: Province, tmp_path: Path) -> PublicSide:
    return PublicSide(province, tmp_path)


@pytest.fixture
def newsroom(province: Province) -> Iterator[Newsroom]:
    made = Newsroom(province)
    yield made
    made.close()


def shows(public_side: PublicSide, path: str) -> Callable[[], bool]:
    return lambda: httpx.get(public_side.address + path).status_code == 200


def test_what_is_published_is_read_in_both_languages_found_and_told(
    public_side: PublicSide, newsroom: Newsroom
) -> None:
    with public_side.relay(), public_side.listening_press(), public_side.gateway():
        slug = newsroom.publish("Khởi công cầu Đồng Xoài", en=Text("Bridge begun", "In short", "<p>Text</p>"))
        until(shows(public_side, f"/vi/tin-tuc/{slug}"))

        until(lambda: "Khởi công cầu Đồng Xoài" in httpx.get(f"{public_side.address}/vi/").text)
        until(lambda: "Bridge begun" in httpx.get(f"{public_side.address}/en/tin-tuc/").text)
        until(lambda: slug in httpx.get(f"{public_side.address}/vi/search?q=cau dong xoai").text)
        events = httpx.get(f"{public_side.address}/api/v1/events").json()["events"]
        assert [event["type"] for event in events] == ["content.article.published"]
        assert httpx.get(f"http://[::1]:{public_side.port}/vi/").status_code == 200


def test_a_press_killed_between_publications_loses_none_and_a_rebuild_gives_the_same_bytes(
    public_side: PublicSide, newsroom: Newsroom
) -> None:
    with public_side.relay(), public_side.gateway():
        slugs = []
        for number in range(4):
            with public_side.listening_press() as press:
                slugs.append(newsroom.publish(f"Tin số {number}"))
                until(shows(public_side, f"/vi/tin-tuc/{slugs[-1]}"))
                slugs.append(newsroom.publish(f"Tin nhanh số {number}"))
                press.kill()
        with public_side.listening_press() as press:
            for slug in slugs:
                until(shows(public_side, f"/vi/tin-tuc/{slug}"))
            assert press.stop() == 0
        before = baked_bytes(public_side.site_dir)
        public_side.rebuild()

        assert baked_bytes(public_side.site_dir) == before


def test_a_running_press_rebuilds_when_it_is_asked_and_goes_on(public_side: PublicSide, newsroom: Newsroom) -> None:
    with public_side.relay(), public_side.listening_press() as press, public_side.gateway():
        public_side.rebuild()
        assert len(press.lines("baked_anew")) == 2

        slug = newsroom.publish("Sau khi dựng lại")
        until(shows(public_side, f"/vi/tin-tuc/{slug}"))


def test_a_second_press_waits_for_the_first(public_side: PublicSide) -> None:
    with public_side.press() as first, public_side._running("gateway.press") as second:
        second.await_line("another_press_works")
        assert first.stop() == 0
        second.await_line("process_ready")


def test_everything_can_be_read_with_every_other_process_dead(public_side: PublicSide, newsroom: Newsroom) -> None:
    with public_side.relay(), public_side.listening_press(), public_side.gateway():
        slug = newsroom.publish("Đọc được khi mọi thứ tắt")
        until(shows(public_side, f"/vi/search?q={slug[:3]}"))
        until(lambda: slug in httpx.get(f"{public_side.address}/vi/search?q=doc duoc").text)
    nobody = free_ports(2)
    dead = {
        "GATEWAY_MONGO_URL": f"mongodb://127.0.0.1:{nobody[0]}",
        "GATEWAY_AMQP_URL": f"amqp://127.0.0.1:{nobody[1]}",
    }

    with public_side.gateway(**dead):
        for path in (
            "/vi/",
            f"/vi/tin-tuc/{slug}",
            f"/en/tin-tuc/{slug}",
            "/feeds/all.vi.atom",
            "/sitemap.xml",
            "/robots.txt",
        ):
            assert httpx.get(public_side.address + path).status_code == 200, path
        assert slug in httpx.get(f"{public_side.address}/vi/search?q=doc duoc").text
        ready = httpx.get(f"{public_side.address}/readyz")
        assert (ready.status_code, ready.json()["missing"]) == (200, ["mongodb", "rabbitmq"])
        for path in ("articles", "events", "log/checkpoint"):
            answer = httpx.get(f"{public_side.address}/api/v1/{path}", timeout=10)
            assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json"), path


def test_the_gateway_ends_in_order_while_somebody_listens_to_its_stream(public_side: PublicSide) -> None:
    with (
        public_side.press(),
        public_side.gateway() as gateway,
        socket.create_connection(("127.0.0.1", public_side.port), timeout=10) as listener,
    ):
        listener.sendall(b"GET /api/v1/events/stream HTTP/1.1\r\nHost: portal\r\n\r\n")
        assert b"200 OK" in listener.recv(4096)
        assert gateway.stop() == 0


def test_the_gateway_logs_nothing_about_its_readers(public_side: PublicSide) -> None:
    with public_side.press(), public_side.gateway() as gateway:
        httpx.get(f"{public_side.address}/vi/search?q=my+own+illness")
        gateway.stop()
        lines = [json.loads(line) for line in gateway.output.read_text().splitlines()]

    assert lines
    assert "illness" not in str(lines)
    assert "127.0.0.1" not in str(lines)
