"""Names and properties of everything that exists in the broker, and what each service's user may touch there."""

import re
from dataclasses import dataclass
from typing import Any

RPC_EXCHANGE = "nameko-rpc"
"""Carries questions to services and answers back."""

PUBLIC_EXCHANGE = "portal.public"
"""Where systems outside the portal subscribe: public topics only."""

DELIVERY_LIMIT = 20
"""How often a message is delivered before it is dead-lettered: each further time, a process died holding it."""


def events_exchange(service: str) -> str:
    """Name the exchange on which the service tells its events; the routing key is the event's topic."""
    return f"{service}.events"


def pages_exchange(service: str) -> str:
    """Name the exchange on which the service tells the same events to other services, page by page, in the log's order.

    A page is a JSON array of events (CloudEvents' batched mode); its routing key is `<service>.page`.
    """
    return f"{service}.pages"


def page_key(service: str) -> str:
    """Name what the messages on the exchange of pages are."""
    return f"{service}.page"


def reply_queue(caller: str, route: str) -> str:
    """Name the queue in which a caller receives answers, in the spelling that nameko itself uses."""
    return f"rpc.reply-{caller}-{route}"


@dataclass(frozen=True, slots=True)
class Subscription:
    """What one service wants to hear of another: a queue, and a second queue for what cannot even be read."""

    consumer: str
    upstream: str

    @property
    def queue(self) -> str:
        """The queue with every event of the upstream service."""
        return f"{self.consumer}.from.{self.upstream}"

    @property
    def dead_letters(self) -> str:
        """The exchange and the queue for messages that are no events, or that killed too many processes."""
        return f"{self.queue}.dead"

    @property
    def arguments(self) -> dict[str, Any]:
        """Replicated, one reader at a time, and nothing lost on the way to the dead letters."""
        return {
            "x-queue-type": "quorum",
            "x-single-active-consumer": True,
            "x-delivery-limit": DELIVERY_LIMIT,
            "x-dead-letter-exchange": self.dead_letters,
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",
        }

    @property
    def dead_letter_arguments(self) -> dict[str, Any]:
        """Replicated as well: a dead letter is evidence."""
        return {"x-queue-type": "quorum"}


@dataclass(frozen=True, slots=True)
class Permissions:
    """RabbitMQ's three patterns of resource names for one user, as `rabbitmqctl set_permissions` takes them."""

    configure: str
    write: str
    read: str


def permissions(service: str, *, tells: bool = True) -> Permissions:
    """Return what the user of a service may touch; `tells` is False for a process that has no events of its own.

    It creates only what is its own, hears every service's events, and tells only its own: no service can speak in
    the name of another.
    """
    name = re.escape(service)
    queues = rf"{name}\.from\..+|rpc-{name}|rpc\.reply-{name}-.+"
    speaks = rf"|{name}\.(events|pages)|{re.escape(PUBLIC_EXCHANGE)}" if tells else ""
    own = rf"^({queues}|{re.escape(RPC_EXCHANGE)}{speaks})$"
    return Permissions(configure=own, write=own, read=rf"^({queues}|{re.escape(RPC_EXCHANGE)}|[a-z]+\.(events|pages))$")


_ROUTE = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
"""Where an answer goes: a route that its caller made up."""


@dataclass(frozen=True, slots=True)
class CallRights:
    """RabbitMQ's two patterns of routing keys on the exchange of calls: what a user may send, and bind a queue to."""

    write: str
    read: str


def calls(service: str) -> CallRights:
    """Return what the user of a service may do with calls: make any, answer any, but hear only its own and its answers."""
    return CallRights(write=".*", read=rf"^({_ROUTE}|{re.escape(service)}\.\*)$")


def asking_permissions(caller: str) -> Permissions:
    """Return what a user may touch that only asks and hears no events: its queues for answers."""
    own = rf"^(rpc\.reply-{re.escape(caller)}-.+|{re.escape(RPC_EXCHANGE)})$"
    return Permissions(configure=own, write=own, read=own)


def asking(service: str) -> CallRights:
    """Return what such a user may do with calls: ask this one service, and hear its answers."""
    return CallRights(write=rf"^{re.escape(service)}\.[a-z_]+$", read=rf"^{_ROUTE}$")
