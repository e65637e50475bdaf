"""The state of an event as canonical JSON, so that what was stored can be parsed, sent on and spelled again."""

import json
from datetime import UTC, datetime
from typing import Any

from eventsourcing.persistence import Transcoder

from infra.event_store.errors import NotStorable
from infra.kernel.canonical import canonical_json

_SCALARS = frozenset({str, int, float, bool, type(None)})


class CanonicalTranscoder(Transcoder):
    """Encodes an event's state; only its `timestamp` may be other than JSON.

    The timestamp is spelled as ISO 8601 with microseconds and `+00:00`. All else must be str, int, finite float,
    bool, None, list or dict with str keys, and nothing derived from these, because it would not come back as it was.
    """

    def encode(self, obj: dict[str, Any]) -> bytes:
        """Return the canonical bytes of an event's state.

        Raises `NotStorable`, naming the field, for a value that JSON would not give back unchanged.
        """
        state = dict(obj)
        if isinstance(state.get("timestamp"), datetime):
            state["timestamp"] = instant_as_text(state["timestamp"])
        _check(state, "state")
        try:
            return canonical_json(state)
        except ValueError as error:
            raise NotStorable(f"state is not JSON: {error}") from error

    def decode(self, data: bytes) -> dict[str, Any]:
        """Return the state that was encoded, its timestamp as an aware datetime."""
        state: dict[str, Any] = json.loads(data)
        if "timestamp" in state:
            state["timestamp"] = datetime.fromisoformat(state["timestamp"])
        return state


def instant_as_text(instant: datetime) -> str:
    """Spell an aware instant in the one way used in the log: `2026-01-31T08:00:00.000000+00:00`."""
    if instant.tzinfo is None:
        raise NotStorable("timestamp has no time zone")
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


def _check(value: Any, path: str) -> None:
    kind = type(value)
    if kind in _SCALARS:
        return
    if kind is list:
        for index, item in enumerate(value):
            _check(item, f"{path}[{index}]")
    elif kind is dict:
        for key, item in value.items():
            _check_key(key, path)
            _check(item, f"{path}.{key}")
    else:
        raise NotStorable(f"{path} is a {kind.__qualname__}: events carry only JSON values (str, int, list, dict, ...)")


def _check_key(key: Any, path: str) -> None:
    if type(key) is not str:
        raise NotStorable(f"{path} has the key {key!r}: keys of stored values are str")
