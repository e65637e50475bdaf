"""Which errors mean that the world is away, so that the same attempt may succeed later."""

from infra.event_store.errors import AWAY, StoreUnavailable
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
"""What a reaction may raise to say: not now."""

UNANSWERED: tuple[type[Exception], ...] = (*OUTAGES, RpcError)
"""What fetching from an upstream service may raise besides: its crash is an outage for whoever reads its log."""
