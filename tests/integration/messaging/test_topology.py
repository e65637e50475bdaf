"""Each service's user may touch its own part of the broker and hear the others, never speak for them."""

import re

import pytest

from infra.messaging.topology import Subscription, events_exchange, pages_exchange, permissions, reply_queue


def may(pattern: str, name: str) -> bool:
    return re.search(pattern, name) is not None


OWN = [
    Subscription("content", "board").queue,
    Subscription("content", "board").dead_letters,
    "rpc-content",
    reply_queue("content", "0c9a"),
    "nameko-rpc",
]


@pytest.mark.parametrize("name", OWN)
def test_a_service_creates_and_reads_its_own_queues(name: str) -> None:
    granted = permissions("content")

    assert may(granted.configure, name)
    assert may(granted.write, name)
    assert may(granted.read, name)


def test_a_service_hears_every_service_but_tells_only_its_own_events() -> None:
    granted = permissions("content")

    assert may(granted.read, events_exchange("board"))
    assert may(granted.write, events_exchange("content"))
    assert may(granted.read, pages_exchange("board"))
    assert may(granted.write, pages_exchange("content"))
    assert not may(granted.write, events_exchange("board"))
    assert not may(granted.write, pages_exchange("board"))
    assert not may(granted.configure, events_exchange("board"))


@pytest.mark.parametrize("name", ["rpc-board", "board.from.content", "rpc.reply-board-1", "xcontent.from.board", ""])
def test_a_service_reads_and_creates_nothing_of_another(name: str) -> None:
    granted = permissions("content")

    assert not may(granted.read, name)
    assert not may(granted.configure, name)


def test_a_process_without_events_tells_nothing_and_to_nobody_outside() -> None:
    granted = permissions("gateway", tells=False)

    assert not may(granted.write, "portal.public")
    assert not may(granted.write, events_exchange("gateway"))
    assert may(granted.write, "gateway.from.content")
