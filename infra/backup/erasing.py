"""Erases again, from a restored store, the people whose erasure the restored logs tell of.

A record of a person may have come into the backup a moment before it was erased, and the event of its erasure a moment after.
Which records an event erases is said by `messages.ERASED_RECORDS` of a service that erases, as patterns of their keys.
"""

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from uuid import UUID

from infra.backup.manifest import DamagedBackupError
from infra.backup.stores import Document, Stores
from infra.event_store.commit import LogEntry, from_document
from infra.event_store.connection import CODEC
from infra.event_store.layout import EVENTS
from infra.read_store.people import People

Patterns = Mapping[str, Sequence[str]]
"""The keys of the records that an event erases, by its topic; `{subject}` stands for the aggregate's id."""


def erased_records(services: Sequence[str]) -> dict[str, Sequence[str]]:
    """Gather what each service says of the events by which it erases people."""
    told: dict[str, Sequence[str]] = {}
    for service in services:
        told |= getattr(import_module(f"services.{service}.messages"), "ERASED_RECORDS", {})
    return told


def erase_again(stores: Stores, patterns: Patterns) -> int:
    """Erase every record whose erasure a log tells of, from every store; return how many were still there.

    Raises:
        DamagedBackupError: what tells of an erasure is no commit of events.

    """
    people = [People(stores.client[f"{stores.prefix}_{service}"]) for service in stores.services]
    keys = {
        pattern.format(subject=subject) for topic, subject in _told(stores, patterns) for pattern in patterns[topic]
    }
    return sum(each.erase(key) for each in people for key in sorted(keys))


def _told(stores: Stores, patterns: Patterns) -> Iterator[tuple[str, UUID]]:
    for service in stores.services:
        events = stores.collection(f"{service}_log", EVENTS).with_options(codec_options=CODEC)
        for document in events.find({"e.t": {"$in": list(patterns)}}):
            yield from (
                (entry.topic, entry.originator_id) for entry in _entries(service, document) if entry.topic in patterns
            )


def _entries(service: str, document: Document) -> Sequence[LogEntry]:
    """Return the events of a stored commit; raises `DamagedBackupError` where it is none."""
    try:
        return from_document(document).entries
    except (AttributeError, KeyError, TypeError, ValueError) as broken:
        raise DamagedBackupError(f"{service}_log/{EVENTS}", f"holds no commit at {document['_id']!r}") from broken
