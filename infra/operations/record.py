"""The last observation, kept where the staff pages find it: they see exactly what Prometheus sees."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, TypeVar

from pymongo.collection import Collection

from infra.operations.facts import (
    Backup,
    Disk,
    Facts,
    Lag,
    Log,
    ParkedCount,
    Process,
    Queue,
    Verification,
)

DATABASE = "operations"
"""After the profile's prefix: the database of what is observed, and of what staff did about it."""
OBSERVED = "observed"

_LATEST = "latest"

Document = dict[str, Any]
Kind = TypeVar("Kind")


class Observations:
    """Keeps the latest only; a history of figures is Prometheus's."""

    def __init__(self, collection: Collection[Document]) -> None:
        self._collection = collection

    def keep(self, facts: Facts) -> None:
        """Put these facts in place of the ones before."""
        self._collection.replace_one({"_id": _LATEST}, asdict(facts), upsert=True)

    def latest(self) -> Facts | None:
        """Return what was seen last; None before the first look, also before that of a newer version."""
        kept = self._collection.find_one({"_id": _LATEST}, {"_id": 0})
        try:
            return None if kept is None else _facts(kept)
        except (KeyError, TypeError):
            return None


def _facts(kept: Document) -> Facts:
    return Facts(
        at=kept["at"],
        up=kept["up"],
        disk=Disk(**kept["disk"]),
        logs=_each(Log, kept["logs"]),
        lags=_each(Lag, kept["lags"]),
        parked=_each(ParkedCount, kept["parked"]),
        queues=_each(Queue, kept["queues"]),
        processes=_each(Process, kept["processes"]),
        verification=_one(Verification, kept["verification"]),
        backup=_one(Backup, kept["backup"]),
    )


def _each(kind: Callable[..., Kind], rows: list[Mapping[str, Any]]) -> list[Kind]:
    return [kind(**row) for row in rows]


def _one(kind: Callable[..., Kind], row: Mapping[str, Any] | None) -> Kind | None:
    return None if row is None else kind(**row)
