"""Reading a message of another service: one event, or a page of them."""

import json
from dataclasses import dataclass
from typing import Any

from infra.kernel.canonical import canonical_json
from infra.messaging.envelope import Envelope
from infra.messaging.errors import MalformedEnvelope


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
    """Read a CloudEvent of `upstream`, or a JSON array of them (CloudEvents' batched mode)."""
    try:
        said = json.loads(body)
    except ValueError as error:
        return Reading((), (Unreadable(body, str(error)),))
    if not isinstance(said, list):
        return _joined([_event(said, upstream, body)])
    return _joined([_event(each, upstream) for each in said])


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
