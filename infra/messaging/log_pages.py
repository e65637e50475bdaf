"""Asking a service for pages of its own log: how a reader fetches what the broker has lost."""

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from infra.event_store import LogEntry
from infra.messaging.blocking_rpc import BlockingRpc
from infra.messaging.envelope import Envelope
from infra.messaging.errors import MalformedEnvelope, RemoteFault
from infra.messaging.inbox import Fetch

METHOD = "log_page"
"""The remote method that every service has."""

_PAGE_MOST = 500
_BYTES_MOST = 4_000_000
"""An answer ends with the entry that brings it over this size, so that long articles do not make huge messages."""
_STEP = 50
_TIMEOUT_S = 10.0


class PagedLog(Protocol):
    """What is asked of a log; see `infra.event_store.LogReader`."""

    def page(self, after: int, limit: int) -> list[LogEntry]:
        """Return the entries after a position, oldest first."""


def page_as_answer(log: PagedLog, service: str, profile: str, after: int, limit: int) -> list[dict[str, Any]]:
    """Return what follows a position as CloudEvents: at most `limit`, perhaps fewer, none only at the end."""
    entries = _within(log, max(0, after), max(1, min(limit, _PAGE_MOST)))
    return [Envelope.from_entry(service, entry).to_cloudevent(profile) for entry in entries]


def _within(log: PagedLog, after: int, limit: int) -> Iterator[LogEntry]:
    """Go through entries after a position until there are so many, or so many bytes; few are in memory at once."""
    left, size = limit, 0
    while step := log.page(after, min(left, _STEP)):
        for entry in step:
            yield entry
            size += len(entry.state)
            if size > _BYTES_MOST:
                return
        after, left = step[-1].position, left - len(step)
        if left == 0:
            return


def pages_of(upstream: str, rpc: BlockingRpc) -> Fetch:
    """Return how an inbox fetches what is missing from `upstream`. It raises `RpcError`."""

    def fetch(after: int, limit: int) -> Sequence[Envelope]:
        page = rpc.call(upstream, METHOD, timeout_s=_TIMEOUT_S, after=after, limit=limit)
        try:
            return [Envelope.from_cloudevent(event) for event in page]
        except MalformedEnvelope as malformed:
            raise RemoteFault("MalformedEnvelope", str(malformed)) from malformed

    return fetch
