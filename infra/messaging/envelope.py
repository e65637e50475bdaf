"""An event on its way between services: what is stored in the log, wrapped as a CloudEvent."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, Self
from uuid import UUID

from infra.kernel.canonical import canonical_json
from infra.messaging.errors import MalformedEnvelope

CONTENT_TYPE = "application/cloudevents+json"
BATCH_CONTENT_TYPE = "application/cloudevents-batch+json"
FIRST_VERSION = 1
"""The version of an event whose class has never been changed; such an event does not say it."""
_SCHEMA = "class_version"
_MOST = 2**63 - 1
"""A greater number no store of ours can keep."""
_SPECIFICATION = "1.0"


class Entry(Protocol):
    """An entry of a service's log, as `infra.event_store.LogReader` gives it."""

    @property
    def position(self) -> int:
        """Place in the log: 1, 2, 3, … without gaps."""

    @property
    def originator_id(self) -> UUID:
        """The aggregate to which it happened."""

    @property
    def version(self) -> int:
        """Place in the history of the aggregate."""

    @property
    def topic(self) -> str:
        """What happened: `content.article.cleared`."""

    @property
    def state(self) -> bytes:
        """The event's fields as canonical JSON."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """One event of a service's log.

    `position` counts 1, 2, 3, … without gaps in the log of `service`; `topic` is what happened
    (`content.article.cleared`); `subject` the aggregate to which it happened and `version` its place in that
    aggregate's history; `at` the instant of the act; `data` the event's fields as they are stored. Which version of the
    topic's fields these are, is `schema`: not to be mixed up with `version`.
    """

    service: str
    position: int
    topic: str
    subject: UUID
    version: int
    at: datetime
    data: Mapping[str, Any]

    @classmethod
    def from_entry(cls, service: str, entry: Entry) -> Self:
        """Wrap an entry of the service's log."""
        data = json.loads(entry.state)
        at = datetime.fromisoformat(data["timestamp"])
        return cls(service, entry.position, entry.topic, entry.originator_id, entry.version, at, data)

    @classmethod
    def from_json(cls, body: bytes) -> Self:
        """Read a CloudEvent in structured JSON; raises `MalformedEnvelope`."""
        try:
            return cls.from_cloudevent(json.loads(body))
        except ValueError as error:
            raise MalformedEnvelope(str(error)) from error

    @classmethod
    def from_cloudevent(cls, event: Any) -> Self:
        """Read a CloudEvent that is already parsed; raises `MalformedEnvelope`."""
        try:
            _expect_specification(event["specversion"])
            return cls(
                service=event["source"].rpartition("/")[2],
                position=_whole(event["position"]),
                topic=_text(event["type"]),
                subject=UUID(event["subject"]),
                version=_whole(event["version"]),
                at=datetime.fromisoformat(event["time"]),
                data=_fields(event["data"]),
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise MalformedEnvelope(f"{type(error).__name__}: {error}") from error

    @property
    def id(self) -> str:
        """Names the event among all events of the province: `content/42`."""
        return f"{self.service}/{self.position}"

    @property
    def state(self) -> bytes:
        """The event's fields as canonical JSON: the very bytes that the log stores."""
        return canonical_json(self.data)

    @property
    def schema(self) -> int:
        """The version of the event's class that gave it its fields; a golden file `<topic>.v<schema>.json` shows each."""
        schema: int = self.data.get(_SCHEMA, FIRST_VERSION)
        return schema

    @property
    def correlation(self) -> str | None:
        """What ties this event to the request from which it followed."""
        act = self.data.get("act")
        return act.get("correlation") if isinstance(act, dict) else None

    def to_cloudevent(self, profile: str) -> dict[str, Any]:
        """Return the event as a CloudEvent 1.0 of the province `profile`."""
        return {
            "specversion": _SPECIFICATION,
            "id": self.id,
            "source": f"/{profile}/{self.service}",
            "type": self.topic,
            "subject": str(self.subject),
            "time": self.at.isoformat(timespec="microseconds"),
            "datacontenttype": "application/json",
            "position": self.position,
            "version": self.version,
            **({"correlationid": self.correlation} if self.correlation else {}),
            "data": dict(self.data),
        }

    def to_json(self, profile: str) -> bytes:
        """Return the event as structured JSON of CloudEvents 1.0, in canonical spelling."""
        return canonical_json(self.to_cloudevent(profile))


def _expect_specification(value: Any) -> None:
    if value != _SPECIFICATION:
        raise ValueError(f"no CloudEvent of version {_SPECIFICATION}: {value!r}")


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= _MOST:
        raise ValueError(f"no whole number from 1 on: {value!r}")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError(f"no text: {value!r}")
    return value


def _fields(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError(f"no object: {type(value).__name__}")
    _whole(value.get(_SCHEMA, FIRST_VERSION))
    return value
