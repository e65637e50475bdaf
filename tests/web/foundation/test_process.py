"""The staff process: it tells when it can serve, tells the truth about what it lacks, and stops in order."""

import socket
from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest

from infra import settings
from infra.local.mongod import Mongod
from infra.local.ports import free_ports
from infra.logs import PROCESS_READY
from tests.builders.processes import Running

pytestmark = pytest.mark.servers


def environment(mongo_url: str) -> tuple[str, Mapping[str, str]]:
    (port,) = free_ports(1)
    address = f"http://127.0.0.1:{port}"
    return address, settings.environment() | {
        "STAFF_PORT": str(port),
        "STAFF_URL": address,
        "STAFF_APPS": "/newsroom=tests.builders.newsroom.process:create",
        "SESSION_KEY": "a key for tests",
        "NEWSROOM_MONGO_URL": mongo_url,
        "NEWSROOM_AMQP_URL": "amqp://nobody@127.0.0.1:1/",
        "LOG_FORMAT": "json",
    }


def test_a_request_under_way_is_answered_before_the_process_ends(mongod: Mongod, tmp_path: Path) -> None:
    address, variables = environment(mongod.url)
    with Running("infra.web.staff", environment=variables, output=tmp_path / "output") as staff:
        staff.await_line(PROCESS_READY)
        assert httpx.get(f"{address}/readyz").status_code == 200
        with socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2])), timeout=20) as slow:
            body = b"login=lan&password=right"
            head = (
                b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                b"Content-Length: %d\r\nExpect: 100-continue\r\n\r\n" % len(body)
            )
            slow.sendall(head)
            assert b"100 Continue" in slow.recv(1000)  # the handler reads: the request is under way
            staff.process.terminate()
            slow.sendall(body)
            answer = slow.recv(10_000)

        assert answer.startswith(b"HTTP/1.1 403")
        assert staff.process.wait(15) == 0


def test_without_its_store_the_process_lives_is_not_ready_and_says_so_on_its_pages(tmp_path: Path) -> None:
    address, variables = environment("mongodb://127.0.0.1:1/")
    with Running("infra.web.staff", environment=variables, output=tmp_path / "output") as staff:
        staff.await_line(PROCESS_READY)

        assert httpx.get(f"{address}/healthz").status_code == 200
        ready = httpx.get(f"{address}/readyz")
        assert (ready.status_code, ready.json()["checks"]) == (503, {"mongodb": False})
        assert ready.json()["since"] == httpx.get(f"{address}/readyz").json()["since"]
        assert httpx.get(f"{address}/nowhere", headers={"accept": "text/html"}).status_code == 404
        assert staff.stop() == 0
