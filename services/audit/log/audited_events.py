"""The audit log as one log of all events, read back from the services' own logs: for writing rows anew."""

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Protocol

from infra.event_store import LogEntry
from services.audit.log.entries import EntryLog
from services.audit.log.leaf import Leaf


class ServiceEvents(Protocol):
    """A service's log to read, as `infra.event_store`'s reader is."""

    def select(self, after: int, limit: int, until: int | None) -> list[LogEntry]:
        """Return at most `limit` entries after a position up to and with `until`."""


class AuditedEvents:
    """Its positions are those of the audit log, counted from 1; an event that is gone from its service is left out."""

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
        while leaves := {entry.index: entry.leaf for entry in islice(self._log.each(after), limit)}:
            stored = self._stored(leaves.values())
            if found := [_at(i + 1, stored[leaf.entry]) for i, leaf in leaves.items() if leaf.entry in stored]:
                return found
            after += len(leaves)
        return []

    def leaves(self, positions: Iterable[int]) -> dict[int, Leaf]:
        """Return which event of which service stands at each position."""
        wanted = sorted(positions)
        if not wanted:
            return {}
        span = islice(self._log.each(wanted[0] - 1), wanted[-1] - wanted[0] + 1)
        return {entry.index + 1: entry.leaf for entry in span}

    def _stored(self, leaves: Iterable[Leaf]) -> dict[str, LogEntry]:
        """Return the events of these leaves by entry; those of one service that arrived together stand together."""
        by_service: dict[str, list[int]] = {}
        for leaf in leaves:
            by_service.setdefault(leaf.service, []).append(leaf.position)
        found: dict[str, LogEntry] = {}
        for service, positions in by_service.items():
            first, last = positions[0], positions[-1]
            for entry in self._services[service].select(first - 1, last - first + 1, last):
                found[f"{service}/{entry.position}"] = entry
        return found


def _at(position: int, entry: LogEntry) -> LogEntry:
    return LogEntry(position, entry.originator_id, entry.version, entry.topic, entry.state)
