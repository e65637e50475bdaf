"""The data of events, read back from the services' own logs for the entries of a batch."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from infra.event_store import LogEntry
from services.audit.log.entries import Entry
from services.audit.log.leaf import leaf_of
from services.audit.log.many_proofs import NotProven

_FURTHEST_APART = 20
"""Positions nearer than this are read in one go, with what lies between."""
_LONGEST_RUN = 50


class ServiceEvents(Protocol):
    """A service's log to read, as `infra.event_store`'s reader is."""

    def select(self, after: int, limit: int, until: int | None) -> list[LogEntry]:
        """Return at most `limit` entries after a position up to and with `until`."""


class States:
    """Reads events; what is not the event that entered the audit log is never returned."""

    def __init__(self, services: Mapping[str, ServiceEvents]) -> None:
        self._services = services

    def of(self, entries: Iterable[Entry]) -> dict[str, bytes]:
        """Return the stored bytes of the events of these entries, by the entry's name.

        Raises:
            NotProven: an event is gone from its service's log, or is another one there.
        """
        by_service: dict[str, dict[int, Entry]] = {}
        for entry in entries:
            by_service.setdefault(entry.leaf.service, {})[entry.leaf.position] = entry
        return {name: state for service, wanted in by_service.items() for name, state in self._read(service, wanted)}

    def _read(self, service: str, wanted: Mapping[int, Entry]) -> Iterator[tuple[str, bytes]]:
        for first, last in runs(sorted(wanted)):
            found = {
                entry.position: entry for entry in self._services[service].select(first - 1, last - first + 1, last)
            }
            for position in (position for position in wanted if first <= position <= last):
                entry, stored = wanted[position], found.get(position)
                if stored is None or entry.leaf != _leaf(service, stored):
                    raise NotProven(entry.leaf.entry)
                yield entry.leaf.entry, stored.state


def runs(positions: Iterable[int]) -> list[tuple[int, int]]:
    """Return the first and the last position of each run that is read at once.

    >>> runs([1, 2, 9, 40])
    [(1, 9), (40, 40)]
    """
    found: list[tuple[int, int]] = []
    for position in positions:
        first, last = found[-1] if found else (position, position)
        if found and position - last < _FURTHEST_APART and position - first < _LONGEST_RUN:
            found[-1] = (first, position)
        else:
            found.append((position, position))
    return found


def _leaf(service: str, stored: LogEntry) -> object:
    return leaf_of(service, stored.position, stored.topic, stored.originator_id, stored.version, stored.state)
