import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Thread
from typing import Any

import httpx
import pytest

from gateway.api.stream import EventStream
from gateway.queries import PublicEvent
from tests.builders.published import published
from tests.builders.waiting import until
from tests.integration.gateway.conftest import Works

pytestmark = pytest.mark.servers


def test_events_are_streamed_from_where_a_listener_left_off_and_as_they_happen(
    reader: httpx.Client, works: Works
) -> None:
    heard: list[str] = []

    def listen() -> None:
        with reader.stream("GET", "/api/v1/events/stream", headers={"last-event-id": "content/2"}) as stream:
            for line in stream.iter_lines():
                heard.append(line)
                if line == "id: content/12":
                    return

    listener = Thread(target=listen)
    listener.start()
    until(lambda: "id: content/9" in heard)
    works.press().react([published(12, "new")])
    listener.join(timeout=15)

    assert [line for line in heard if line.startswith("id:")] == ["id: content/5", "id: content/9", "id: content/12"]
    data = next(line for line in heard if line.startswith("data:"))
    assert json.loads(data.removeprefix("data: "))["type"] == "content.article.published"


def test_one_poller_serves_all_listeners_and_rests_when_they_have_gone() -> None:
    reads: list[int] = []
    log = [PublicEvent(position, f"content/{position}", "t", "{}") for position in range(1, 4)]

    def read(after: int, limit: int) -> list[PublicEvent]:
        reads.append(after)
        return [event for event in log if event.position > after][:limit]

    @asynccontextmanager
    async def listening(stream: EventStream, after: int) -> AsyncIterator[Any]:
        follower = stream.follow(after)
        await anext(follower)
        yield follower
        await follower.aclose()  # type: ignore[attr-defined]

    async def scene() -> None:
        stream = EventStream(read, look_every_s=0.01, heartbeat_s=0.05)
        async with listening(stream, 3) as one, listening(stream, 1) as two:
            assert b"id: content/2" in await anext(two)
            assert await anext(one) == b": still here\n\n"
            log.append(PublicEvent(4, "content/4", "t", "{}"))
            assert b"id: content/4" in await anext(one)
            assert b"id: content/4" in await anext(two)
        done = len(reads)
        await asyncio.sleep(0.05)
        assert len(reads) == done

    asyncio.run(scene())
