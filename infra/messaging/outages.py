"""Which errors mean that the world is away, so that the same attempt may succeed later."""

from pymongo.errors import BulkWriteError, OperationFailure

from infra.event_store.errors import AWAY, StoreUnavailable, is_outage
from infra.messaging.errors import (
    BrokerUnavailable,
    RpcError,
    RpcTimeout,
    RpcUnavailable,
    UnknownService,
    UpstreamBehind,
)

OUTAGES: tuple[type[Exception], ...] = (
    StoreUnavailable,
    *AWAY,
    BrokerUnavailable,
    RpcUnavailable,
    RpcTimeout,
    UnknownService,
    UpstreamBehind,
)
"""What a reaction may raise to say: not now. What servers raise that start, stop or have no room says so too: `is_passing`."""

UNANSWERED: tuple[type[Exception], ...] = (*OUTAGES, RpcError)
"""What fetching from an upstream service may raise besides: its crash is an outage for whoever reads its log."""


def is_passing(error: Exception) -> bool:
    """Tell whether a reaction that raised this may well succeed in a while."""
    return isinstance(error, OUTAGES) or is_of_store(error)


def is_unanswered(error: Exception) -> bool:
    """Tell the same of what may also have been raised by fetching from an upstream service."""
    return isinstance(error, UNANSWERED) or is_of_store(error)


def is_of_store(error: Exception) -> bool:
    """Tell whether the store is away, or says itself that it cannot do this now."""
    if isinstance(error, BulkWriteError):
        refused = (error.details or {}).get("writeErrors", [])
        return all(is_outage(OperationFailure("", each["code"])) for each in refused)
    return isinstance(error, StoreUnavailable) or is_outage(error)
