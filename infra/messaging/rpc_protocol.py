"""nameko's way of writing remote calls, so that callers need neither nameko nor eventlet."""

import json
from collections.abc import Mapping
from typing import Any

import pika

from infra.kernel.canonical import canonical_json
from infra.messaging.errors import RemoteFault, RpcUnavailable

_JSON = "application/json"
_MS_IN_S = 1000


def question(arguments: Mapping[str, Any]) -> bytes:
    """Write a call with its arguments by name."""
    return canonical_json({"args": [], "kwargs": arguments})


def address(call: str, caller: str, reply_to: str, correlation: str | None, timeout_s: float) -> pika.BasicProperties:
    """Write who calls and where the answer goes.

    The broker drops the question when the time is over: a service that was down must not do, minutes later, what
    nobody waits for any more.
    """
    headers: dict[str, Any] = {"nameko.call_id_stack": [f"{caller}.{call}"]}
    if correlation is not None:
        headers["nameko.correlation"] = correlation
    return pika.BasicProperties(
        content_type=_JSON,
        content_encoding="utf-8",
        reply_to=reply_to,
        correlation_id=call,
        delivery_mode=pika.DeliveryMode.Transient.value,
        expiration=str(max(1, int(timeout_s * _MS_IN_S))),
        headers=headers,
    )


def answer(body: bytes) -> Any:
    """Read what the service answered.

    Raises:
        RemoteFault: it crashed.
        RpcUnavailable: something that it needs is away, such as its store.

    """
    try:
        said = json.loads(body)
        error, result = said["error"], said["result"]
    except (ValueError, KeyError, TypeError) as unreadable:
        raise RemoteFault("MalformedAnswer", str(unreadable)) from unreadable
    if error is not None:
        kind, text = str(error.get("exc_type")), str(error.get("value"))
        raise RpcUnavailable(text) if kind == RpcUnavailable.__name__ else RemoteFault(kind, text)
    return result
