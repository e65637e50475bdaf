"""How pika connects to the broker: once, with time-outs, under a name, and with one kind of error."""

from collections.abc import Iterator
from contextlib import contextmanager

import pika
from pika.exceptions import AMQPError

from infra.messaging.errors import BrokerUnavailable

TIMEOUT_S = 10.0
"""How long the broker may take to answer one request about connections, exchanges or queues."""
HEARTBEAT_S = 30
_DEAD_AFTER = {"TCP_KEEPIDLE": 10, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": 20_000}
"""Lets the kernel notice within half a minute that the other machine is gone, even where nobody sends heartbeats."""


def parameters(url: str, name: str, heartbeat_s: int = HEARTBEAT_S) -> pika.URLParameters:
    """Return how to connect under a name by which operators recognise the connection.

    Without heartbeats (0) a connection may lie idle for long and be used again; see `_DEAD_AFTER`.
    """
    wanted = pika.URLParameters(url)
    wanted.heartbeat = heartbeat_s
    wanted.connection_attempts = 1
    wanted.socket_timeout = wanted.stack_timeout = TIMEOUT_S
    wanted.blocked_connection_timeout = 2 * HEARTBEAT_S
    wanted.tcp_options = _DEAD_AFTER
    wanted.client_properties = {"connection_name": name}
    return wanted


@contextmanager
def broker_errors() -> Iterator[None]:
    """Turn pika's errors, and those of the network below it, into `BrokerUnavailable`."""
    try:
        yield
    except (AMQPError, OSError) as error:
        raise BrokerUnavailable(str(error) or repr(error)) from error
