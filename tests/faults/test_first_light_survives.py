"""kill -9 of any one process at any step from writing to proof: nothing is lost, nothing happens twice, readers read on."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from threading import Event

import pytest

from infra.local.stack import Stack
from tests.builders.reading import reading
from tests.builders.stubborn import StubbornNewsroom

pytestmark = [pytest.mark.faults, pytest.mark.servers, pytest.mark.timeout(600)]

EVERY_STEP = ("mongod", "rabbitmq", "relay content", "bus content", "press")
"""Killed at each of the four steps."""
ONCE = ("bus audit", "bus board", "relay board", "projector content", "projector board", "staff", "gateway")
"""Killed while the item is being published."""


@contextmanager
def killed(stack: Stack, victim: str) -> Iterator[None]:
    """Kill a process, and wait at the end until it is back."""
    before = stack.kill(victim)
    yield
    stack.await_restart(before)


@pytest.mark.parametrize("victim", EVERY_STEP)
def test_a_process_killed_at_every_step_loses_and_doubles_nothing(portal: Stack, victim: str) -> None:
    title = f"Giữa chừng {victim}"
    at_each = (killed(portal, victim), killed(portal, victim), killed(portal, victim), killed(portal, victim))
    with StubbornNewsroom(portal) as room:
        with reading(portal.public_url):
            item = room.publishes_during(at_each, title)
        room.assert_published_once(item, title)


@pytest.mark.parametrize("victim", ONCE)
def test_a_process_killed_while_publishing_loses_and_doubles_nothing(portal: Stack, victim: str) -> None:
    title = f"Lúc xuất bản {victim}"
    at_publishing = (nullcontext(), nullcontext(), nullcontext(), killed(portal, victim))
    with StubbornNewsroom(portal) as room:
        with reading(portal.public_url) if victim != "gateway" else nullcontext():
            item = room.publishes_during(at_publishing, title)
        room.assert_published_once(item, title)


def test_pages_are_served_while_the_store_stands_still(portal: Stack) -> None:
    mongod = portal.pid("mongod")
    os.kill(mongod, signal.SIGSTOP)
    try:
        with reading(portal.public_url):
            Event().wait(3)  # the fault itself is a length of time
    finally:
        os.kill(mongod, signal.SIGCONT)
