"""Real servers stop answering: each process says which of what it needs is missing, since when, and when it is back."""

import json
import os
import signal
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from infra.kernel.clock import system_clock
from infra.local.stack import Stack
from tests.builders.waiting import until

pytestmark = [pytest.mark.faults, pytest.mark.servers]

OBSERVER, STAFF, RELAY = "metrics", "staff", "relay content"
PROCESSES = (OBSERVER, STAFF, RELAY, "projector content", "bus content", "bus board")
HEARING = (RELAY, "bus content")


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("readiness"), only=PROCESSES) as stack:
        until(lambda: all(readiness(stack, process)["ready"] for process in PROCESSES), timeout_s=60)
        yield stack


def address(stack: Stack, process: str) -> str:
    targets = json.loads(stack.places.metrics.read_text(encoding="ascii"))
    (found,) = (target["targets"][0] for target in targets if target["labels"]["process"] == process)
    return f"http://{found}"


def readiness(stack: Stack, process: str) -> dict[str, Any]:
    answer = httpx.get(f"{address(stack, process)}/readyz", timeout=20)
    told: dict[str, Any] = answer.json()
    assert answer.status_code == (200 if told["ready"] else 503)
    return told


def figure(stack: Stack, name: str, of: str = OBSERVER, **labels: str) -> float:
    text = httpx.get(f"{address(stack, of)}/metrics", timeout=20).text
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    (value,) = (sample.value for sample in samples if (sample.name, sample.labels) == (name, labels))
    return value


def missing(stack: Stack, process: str) -> list[str]:
    told = readiness(stack, process)
    assert sorted(told["since"]) == sorted(told["missing"])
    return list(told["missing"])


def test_a_broker_that_is_killed_is_named_by_all_who_hear_or_tell_and_by_nobody_else(stack: Stack) -> None:
    before = system_clock()
    killed = stack.kill("rabbitmq")

    for process in HEARING:
        until(lambda process=process: "rabbitmq" in missing(stack, process))  # type: ignore[misc]
    since = datetime.fromisoformat(readiness(stack, RELAY)["since"]["rabbitmq"])
    assert before <= since <= system_clock()
    assert figure(stack, "portal_dependency_up", RELAY, dependency="rabbitmq") == 0
    assert missing(stack, STAFF) == missing(stack, "projector content") == []
    until(lambda: figure(stack, "portal_server_up", server="rabbitmq") == 0)

    stack.await_restart(killed)
    for process in PROCESSES:
        until(lambda process=process: readiness(stack, process)["ready"], timeout_s=60)  # type: ignore[misc]
    assert figure(stack, "portal_server_up", server="rabbitmq") == 1
    assert figure(stack, "portal_process_restarts_total", process="rabbitmq") == 1


@pytest.mark.long
def test_a_store_that_stands_still_is_named_by_everybody_within_seconds(stack: Stack) -> None:
    mongod = stack.pid("mongod")
    os.kill(mongod, signal.SIGSTOP)
    try:
        for process in PROCESSES:
            until(lambda process=process: "mongodb" in missing(stack, process), timeout_s=60)  # type: ignore[misc]
        until(lambda: figure(stack, "portal_server_up", server="mongodb") == 0)
        public = httpx.get(f"{stack.staff_url}/readyz", timeout=20)
        assert (public.status_code, public.json()["missing"]) == (503, ["mongodb"])
    finally:
        os.kill(mongod, signal.SIGCONT)

    for process in PROCESSES:
        until(lambda process=process: readiness(stack, process)["ready"], timeout_s=60)  # type: ignore[misc]
    assert httpx.get(f"{stack.staff_url}/readyz", timeout=20).json()["missing"] == []
