"""What hearing and telling need, as the outages that they meet show it."""

from infra.messaging.errors import BrokerUnavailable, RpcUnavailable
from infra.messaging.outages import is_of_store
from infra.metrics.dependencies import DEPENDENCIES, MONGODB, RABBITMQ


def met(outage: Exception, upstream: str) -> None:
    """Note what an outage shows to be missing; `upstream` is the service that was to be asked for its log."""
    if is_of_store(outage):
        DEPENDENCIES.missing(MONGODB)
    elif isinstance(outage, BrokerUnavailable | RpcUnavailable):
        DEPENDENCIES.missing(RABBITMQ)
    else:
        DEPENDENCIES.missing(_service(upstream))


def connected() -> None:
    """Note that the broker lets us in."""
    DEPENDENCIES.there(RABBITMQ)


def stored() -> None:
    """Note that the store answers."""
    DEPENDENCIES.there(MONGODB)


def answered(upstream: str) -> None:
    """Note that a service was asked for its log over the broker and has answered, and that the store keeps it."""
    for name in (RABBITMQ, MONGODB, _service(upstream)):
        DEPENDENCIES.there(name)


def _service(upstream: str) -> str:
    return f"{upstream} service"
