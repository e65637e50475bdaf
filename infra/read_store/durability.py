"""Whether what was written without waiting for the disk is there for ever."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bson import ObjectId
from pymongo.database import Database

from infra.event_store.connection import DURABLE
from infra.event_store.errors import StoreUnavailable

Term = ObjectId | None
"""A time in which one server, without being started anew, takes all writes; each has a greater one than those before it."""

_NOTHING = {"_id": None}
_CHANGES_NOTHING = {"$unset": {"nothing": ""}}


def term_of(store: Database[dict[str, Any]]) -> Term:
    """Return the present term, or an earlier one if that has just ended; None while none is known. Asks no server."""
    servers = store.client.topology_description.server_descriptions().values()
    return next((server.election_id for server in servers if server.is_writable), None)


def settle(store: Database[dict[str, Any]], since: Term) -> None:
    """Wait until everything is durable that this client has written since `since` was the present term.

    A write that changes nothing also waits for all those before it, and its answer names its term.

    Raises:
        StoreUnavailable: the term has ended, and some of that may be lost: it has to be written again.

    """
    answer = store.get_collection("positions", write_concern=DURABLE).update_one(_NOTHING, _CHANGES_NOTHING)
    if (answer.raw_result or {}).get("electionId") != since:
        raise StoreUnavailable("the server that takes writes has changed: what was written last may be lost")


@contextmanager
def lasting(store: Database[dict[str, Any]]) -> Iterator[None]:
    """Make everything durable that is written inside; raises `StoreUnavailable` at the end as `settle` does."""
    since = term_of(store)
    yield
    settle(store, since)
