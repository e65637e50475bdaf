"""Reading a message of another service: one event, or a page of them."""

import json
import math
import re
from dataclasses import dataclass
from typing import Any

from infra.kernel.canonical import canonical_json
from infra.messaging.envelope import Envelope
from infra.messaging.errors import MalformedEnvelope

LEVELS = 100
"""So deep may objects and lists lie in one another: MongoDB keeps no more, and nothing of ours comes near it."""
_MAYBE_HALF = re.compile(r"\\u[dD][89a-fA-F]")
"""Escapes of which two make one character, and one alone makes none."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A message, or a part of one, that is no event of the service from which it should be; and why."""

    body: bytes
    reason: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message says: its events, and what in it cannot be read."""

    envelopes: tuple[Envelope, ...]
    unreadable: tuple[Unreadable, ...]


def read(body: bytes, upstream: str) -> Reading:
    """Read a CloudEvent of `upstream`, or a JSON array of them (CloudEvents' batched mode).

    Never raises: what is read can be spelled as JSON again and be kept, and all else is unreadable.
    """
    try:
        said = _parsed(body)
    except (ValueError, RecursionError) as error:
        return Reading((), (Unreadable(body, str(error)),))
    if not isinstance(said, list):
        return _joined([_event(said, upstream, body)])
    return _joined([_event(each, upstream) for each in said])


def _parsed(body: bytes) -> Any:
    text = body.decode()
    said = json.loads(text, parse_constant=_refuse, parse_float=_finite)
    if _is_deep(said):
        raise ValueError(f"more than {LEVELS} levels deep")
    if _MAYBE_HALF.search(text):
        canonical_json(said)
    return said


def _refuse(constant: str) -> Any:
    raise ValueError(f"no JSON: {constant}")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number that is too large")
    return number


def _is_deep(said: Any) -> bool:
    level = [said] if isinstance(said, dict | list) else []
    for _ in range(LEVELS):
        inside = (each.values() if isinstance(each, dict) else each for each in level)
        level = [part for parts in inside for part in parts if isinstance(part, dict | list)]
        if not level:
            return False
    return True


def _event(said: Any, upstream: str, body: bytes | None = None) -> Envelope | Unreadable:
    try:
        envelope = Envelope.from_cloudevent(said)
    except MalformedEnvelope as malformed:
        reason = str(malformed)
    else:
        if envelope.service == upstream:
            return envelope
        reason = f"an event of {envelope.service}"
    return Unreadable(canonical_json(said) if body is None else body, reason)


def _joined(parts: list[Envelope | Unreadable]) -> Reading:
    return Reading(
        tuple(part for part in parts if isinstance(part, Envelope)),
        tuple(part for part in parts if isinstance(part, Unreadable)),
    )
