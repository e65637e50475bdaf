"""How many members each server has, and how many can be used: one that is missing is no outage yet, and the next may be one."""

from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from pymongo import MongoClient

from infra.local.rabbitmq_management import Management, ManagementError
from infra.metrics.dependencies import MONGODB, RABBITMQ

_HOLDS_NO_DATA = "RSArbiter"
_MANAGEMENT_PORT = 15672
_COLUMNS = "name,members,online"
"""With the name a queue that has no members, such as one for answers, is still an object, and not an empty list."""


@dataclass(frozen=True, slots=True)
class Members:
    """Members of one server: how many belong to it, and how many of those can be used now."""

    server: str
    up: int
    known: int


def of_replica_set(client: MongoClient[dict[str, Any]]) -> Members:
    """Return the members with data, as the driver keeps them in sight; it needs no right for that.

    A member counts when it can be read: not while it copies everything anew, or has lost touch with the others.
    """
    seen = client.topology_description.server_descriptions().values()
    members = [each for each in seen if each.server_type_name != _HOLDS_NO_DATA]
    return Members(MONGODB, sum(each.is_readable for each in members), len(members))


class BrokerNodes:
    """Looks at the nodes that keep queues of one virtual host; `url` names user, management port and virtual host.

    Queues tell of their nodes to whoever may look at queues; asking for nodes needs the right to see everybody's connections.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        virtual_host = parts.path.lstrip("/") or quote("/", safe="")
        self._path = f"/queues/{virtual_host}?columns={_COLUMNS}&disable_stats=false"
        self._management = Management(
            parts.hostname or "127.0.0.1",
            parts.port or _MANAGEMENT_PORT,
            unquote(parts.username or ""),
            unquote(parts.password or ""),
        )

    def seen(self) -> Members | None:
        """Return how many nodes there are and how many run; None while the broker is away or has no lasting queue."""
        try:
            queues = self._management.get(self._path)
        except (ManagementError, OSError, HTTPException, ValueError):
            return None
        known = {node for queue in queues for node in queue.get("members", ())}
        running = {node for queue in queues for node in queue.get("online", ())}
        return Members(RABBITMQ, len(known & running), len(known)) if known else None
