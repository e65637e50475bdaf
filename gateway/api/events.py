"""Public events, for systems that follow the portal."""

import json
import re
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Header, Query
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import StreamingResponse

from gateway.api.problems import RESPONSES
from gateway.api.shapes import Events
from gateway.api.stream import EventStream
from gateway.pages.site import Site
from gateway.queries import Queries

LIMIT_MOST = 200
_PLACE = r"^(?:content/)?[0-9]{1,15}$"

After = Annotated[
    str,
    Query(pattern=_PLACE, description="the last event that you know: `content/42`; 0 is before all", examples=["0"]),
]
Resumed = Annotated[str | None, Query(pattern=_PLACE, description="the last event that you know, as in /events")]
Limit = Annotated[int, Query(ge=1, le=LIMIT_MOST, description="at most so many")]
LastEventId = Annotated[str | None, Header(description="what your browser sends when it connects again")]


class EventApi:
    """Answers what has happened in public."""

    def __init__(self, site: Site, queries: Queries, stream: EventStream) -> None:
        self._site = site
        self._queries = queries
        self._stream = stream

    def router(self) -> APIRouter:
        """Every address about events."""
        router = APIRouter(tags=["Events"], responses=RESPONSES)
        router.get("/events", summary="Public events in order")(self.events)
        streamed = {"description": "server-sent events: id, topic, CloudEvent", "content": {"text/event-stream": {}}}
        router.get("/events/stream", summary="Public events as they happen", responses={200: streamed})(self.stream)
        return router

    def events(self, after: After = "0", limit: Limit = 50) -> Events:
        """Return public events after one that you know, oldest first, as CloudEvents 1.0."""
        found = self._queries.events_after(_position(after), limit)
        ends = not found or found[-1].position == self._queries.last_position()
        more = None if ends else f"/api/v1/events?after={quote(found[-1].id)}&limit={limit}"
        return Events(
            events=[json.loads(event.json) for event in found], next=self._site.absolute(more) if more else None
        )

    async def stream(self, after: Resumed = None, last_event_id: LastEventId = None) -> StreamingResponse:
        """Stream public events: after `Last-Event-ID` or `after`, else only what happens from now on."""
        if self._stream.full:
            raise HTTPException(503, headers={"retry-after": "30"})
        known = last_event_id if last_event_id and re.fullmatch(_PLACE, last_event_id) else after
        position = _position(known) if known else await run_in_threadpool(self._queries.last_position)
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return StreamingResponse(self._stream.follow(position), media_type="text/event-stream", headers=headers)


def _position(place: str) -> int:
    return int(place.rpartition("/")[2])
