"""Which errors mean that the world is away, so that the same attempt may succeed later."""

from infra.event_store.errors import AWAY, StoreUnavailable
from infra.messaging.errors import BrokerUnavailable, RpcTimeout, RpcUnavailable, UnknownService, UpstreamBehind

OUTAGES: tuple[type[Exception], ...] = (
    StoreUnavailable,
    *AWAY,
    BrokerUnavailable,
    RpcUnavailable,
    RpcTimeout,
    UnknownService,
    UpstreamBehind,
)
