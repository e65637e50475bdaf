"""The audit log as one log of all events, read back from the services' own logs: for writing rows anew."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from infra.event_store import LogEntry
from infra.messaging.envelope import Envelope
from services.audit.log.entries import EntryLog

Source = tuple[int, str, int]
"""An index of the audit log, and which position of which service stands there."""


class ServiceEvents(Protocol):
    """A service's log to read, as `infra.event_store`'s reader is."""

    def select(self, after: int, limit: int, until: int | None) -> list[LogEntry]:
        """Return at most `limit` entries after a position up to and with `until`."""


@dataclass(frozen=True, slots=True)
class Arrived(LogEntry):
    """An event at its position in the audit log, counted from 1, and its place in the log of its service."""

    service: str
    own: LogEntry


@dataclass(frozen=True, slots=True)
class Placed(Envelope):
    """An event as its service told it, and its index in the audit log."""

    index: int

    @classmethod
    def of(cls, _audit: str, arrived: LogEntry) -> "Placed":
        """Wrap an event that `AuditedEvents` has read."""
        if not isinstance(arrived, Arrived):
            raise TypeError("only what has arrived has an index in the audit log")
        told = Envelope.from_entry(arrived.service, arrived.own)
        return cls(
            told.service,
            told.position,
            told.topic,
            told.subject,
            told.version,
            told.at,
            told.data,
            arrived.position - 1,
        )


class AuditedEvents:
    """Its positions are those of the audit log; an event that is gone from its service is left out."""

    def __init__(self, log: EntryLog, services: Mapping[str, ServiceEvents]) -> None:
        self._log = log
        self._services = services

    def head(self) -> int:
        """Return the position of the last event; 0 when there is none."""
        return self._log.size()

    def wait(self, after: int, timeout_s: float) -> bool:  # noqa: ARG002 - nobody follows this log while it grows
        """Tell whether there is an event after the position, now."""
        return self.head() > after

    def page(self, after: int, limit: int) -> list[LogEntry]:
        """Return at most `limit` events that follow a position, in order of arrival; none only at the end."""
        while sources := self._log.sources(after, limit):
            stored = self._stored(sources)
            found: list[LogEntry] = [
                _arrived(index + 1, service, stored[service, position])
                for index, service, position in sources
                if (service, position) in stored
            ]
            if found:
                return found
            after += len(sources)
        return []

    def _stored(self, sources: Iterable[Source]) -> dict[tuple[str, int], LogEntry]:
        """Return the events of these sources; those of one service that arrived together stand together."""
        by_service: dict[str, list[int]] = {}
        for _, service, position in sources:
            by_service.setdefault(service, []).append(position)
        found: dict[tuple[str, int], LogEntry] = {}
        for service, positions in by_service.items():
            first, last = positions[0], positions[-1]
            for entry in self._services[service].select(first - 1, last - first + 1, last):
                found[service, entry.position] = entry
        return found


def _arrived(position: int, service: str, own: LogEntry) -> Arrived:
    return Arrived(position, own.originator_id, own.version, own.topic, own.state, service, own)
