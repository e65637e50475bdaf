"""Asking a service for pages of its own log: how a reader fetches what the broker has lost."""

from collections.abc import Sequence
from typing import Any, Protocol

from infra.messaging.blocking_rpc import BlockingRpc
from infra.messaging.envelope import Envelope
from infra.messaging.errors import LogEndsBefore, MalformedEnvelope, RemoteFault
from infra.messaging.inbox import Fetch
from infra.messaging.portions import PagedLog, Portions

METHOD = "log_page"
"""The remote method that every service has."""

_PAGE_MOST = 500
_TIMEOUT_S = 10.0


class EndingLog(PagedLog, Protocol):
    """What is asked of a log besides."""

    def head(self) -> int:
        """Return the position of the last entry; 0 when there is none."""


def page_as_answer(log: EndingLog, service: str, profile: str, after: int, limit: int) -> list[dict[str, Any]]:
    """Return what follows a position as CloudEvents: at most `limit`, perhaps fewer, none only at the end.

    It is a portion, so that long articles do not make huge messages. Raises `LogEndsBefore` when the log does not even
    reach the position: to whoever reads it, that is an outage, and nothing is passed over as long as it lasts.
    """
    entries = Portions(log, max(1, min(limit, _PAGE_MOST))).after(max(0, after))
    if not entries and after > (head := log.head()):
        raise LogEndsBefore(service, after, head)
    return [Envelope.from_entry(service, entry).to_cloudevent(profile) for entry in entries]


def pages_of(upstream: str, rpc: BlockingRpc) -> Fetch:
    """Return how an inbox fetches what is missing from `upstream`. It raises `RpcError`."""

    def fetch(after: int, limit: int) -> Sequence[Envelope]:
        page = rpc.call(upstream, METHOD, timeout_s=_TIMEOUT_S, after=after, limit=limit)
        try:
            return [Envelope.from_cloudevent(event) for event in page]
        except MalformedEnvelope as malformed:
            raise RemoteFault("MalformedEnvelope", str(malformed)) from malformed

    return fetch
