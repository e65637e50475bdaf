"""The few requests to RabbitMQ's management API that provisioning needs."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any
from urllib.parse import quote

_FIRST_ERROR = 400
_TIMEOUT_S = 10


class ManagementError(Exception):
    """The server refused a request; the message names the request and the status."""


@dataclass(frozen=True, slots=True)
class Management:
    """An administrator's access over HTTP."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)

    def get(self, path: str) -> Any:
        """Return what stands at a path below `/api`."""
        return self._request("GET", path)

    def add_virtual_host(self, name: str) -> None:
        """Make a virtual host, unless it is there."""
        self._request("PUT", f"/vhosts/{quote(name, safe='')}")

    def remove_virtual_host(self, name: str) -> None:
        """Remove a virtual host with all its queues."""
        self._request("DELETE", f"/vhosts/{quote(name, safe='')}")

    def add_topic_exchange(self, virtual_host: str, name: str) -> None:
        """Make a lasting topic exchange, unless it is there."""
        path = f"/exchanges/{quote(virtual_host, safe='')}/{quote(name, safe='')}"
        self._request("PUT", path, {"type": "topic", "durable": True})

    def set_user(self, name: str, password: str, tags: str = "") -> None:
        """Make a user without any right, or give it a new password; the tag `management` lets it look at this API."""
        self._request("PUT", f"/users/{quote(name, safe='')}", {"password": password, "tags": tags})

    def permit(self, user: str, virtual_host: str, rights: dict[str, str]) -> None:
        """Set the names, as patterns, that a user may `configure`, `write` and `read` in a virtual host."""
        self._request("PUT", f"/permissions/{quote(virtual_host, safe='')}/{quote(user, safe='')}", rights)

    def permit_topics(self, user: str, virtual_host: str, exchange: str, rights: dict[str, str]) -> None:
        """Set the routing keys, as patterns, that a user may `write` to and `read` from a topic exchange."""
        path = f"/topic-permissions/{quote(virtual_host, safe='')}/{quote(user, safe='')}"
        self._request("PUT", path, {"exchange": exchange, **rights})

    def _request(self, method: str, path: str, body: Mapping[str, str | bool] | None = None) -> Any:
        connection = HTTPConnection(self.host, self.port, timeout=_TIMEOUT_S)
        secret = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        headers = {"Authorization": f"Basic {secret}", "Content-Type": "application/json"}
        try:
            connection.request(method, f"/api{path}", json.dumps(body) if body else None, headers)
            response = connection.getresponse()
            answer = response.read()
        finally:
            connection.close()
        if response.status >= _FIRST_ERROR:
            raise ManagementError(f"{method} {path}: {response.status} {response.reason}")
        return json.loads(answer) if answer else None
