"""What the broker tells of its queues, over its management API."""

import base64
import json
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from infra.metrics.dependencies import RABBITMQ
from infra.operations.facts import Queue
from infra.operations.members import Members

_TIMEOUT_S = 3
_OK = 200
_COLUMNS = "name,messages_ready,messages_unacknowledged,consumers"
_NODES = "name,members,online"
"""With the name a queue that has no members, such as one for answers, is still an object, and not an empty list."""


class BrokerAwayError(Exception):
    """The broker's management API does not answer, or not as it should."""


class BrokerEyes:
    """Looks at the queues between services; `url` names user, management port and virtual host."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._place = parts.hostname or "127.0.0.1", parts.port or 15672
        self._virtual_host = parts.path.lstrip("/") or quote("/", safe="")
        user = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
        self._headers = {"Authorization": f"Basic {base64.b64encode(user.encode()).decode()}"}

    def queues(self) -> list[Queue]:
        """Return the queues in which services hear one another; raises `BrokerAwayError`."""
        rows = self._get(f"/api/queues/{self._virtual_host}?columns={_COLUMNS}&disable_stats=false")
        return [_queue(row) for row in sorted(rows, key=lambda row: row["name"]) if ".from." in row["name"]]

    def nodes(self) -> Members | None:
        """Return the nodes that keep lasting queues, None where there are no such queues; raises `BrokerAwayError`.

        Queues tell of their nodes to whoever may look at queues; asking for nodes needs the right to see everybody's connections.
        """
        rows = self._get(f"/api/queues/{self._virtual_host}?columns={_NODES}&disable_stats=false")
        known = {node for row in rows for node in row.get("members", ())}
        running = {node for row in rows for node in row.get("online", ())}
        return Members(RABBITMQ, len(known & running), len(known)) if known else None

    def _get(self, path: str) -> Any:
        connection = HTTPConnection(*self._place, timeout=_TIMEOUT_S)
        try:
            connection.request("GET", path, headers=self._headers)
            response = connection.getresponse()
            body = response.read()
        except (OSError, HTTPException) as away:
            raise BrokerAwayError(str(away) or repr(away)) from away
        finally:
            connection.close()
        if response.status != _OK:
            raise BrokerAwayError(f"{response.status} {response.reason}")
        return json.loads(body)


def _queue(row: dict[str, Any]) -> Queue:
    return Queue(
        name=row["name"],
        kind="dead" if row["name"].endswith(".dead") else "events",
        # Counted every few seconds: a queue that was just made has no numbers yet.
        ready=row.get("messages_ready", 0),
        unacked=row.get("messages_unacknowledged", 0),
        consumers=row.get("consumers", 0),
    )
