"""What the monitor remembers, in one collection: its last word, and everything that it ever found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymongo import UpdateOne
from pymongo.collection import Collection
from pymongo.database import Database

from infra.event_store.errors import translated
from infra.read_store.seal import Seal
from services.audit.log.differences import Difference, Kind
from services.audit.watch.standing import Standing

MONITOR = "monitor"
"""The one collection that the monitor may write."""

_STATE = "state"
_A_FINDING: dict[str, Any] = {"first_seen": {"$exists": True}}
_OPEN: dict[str, Any] = {**_A_FINDING, "acknowledged_at": None}


@dataclass(frozen=True, slots=True)
class Finding:
    """A difference that was found, since when, until when, and whether it is still there.

    One that is gone stays open until an inspector has had all logs checked and nothing was found.
    """

    log: str
    position: int
    kind: str
    until: int | None
    first_seen: datetime
    last_seen: datetime
    there: bool
    acknowledged_at: datetime | None

    @property
    def name(self) -> str:
        """Name it as events do: "content/4 changed"."""
        return f"{self.log}/{self.position} {self.kind}"


class Memory:
    """Reads and writes the collection; every method raises `StoreUnavailable`.

    The word is sealed: an administrator of the database can take it away, but not say another one.
    """

    def __init__(self, store: Database[dict[str, Any]], seal: Seal) -> None:
        self._kept: Collection[dict[str, Any]] = store[MONITOR]
        self._seal = seal

    def say(self, standing: Standing) -> None:
        """Keep the monitor's word in place of the one before."""
        sealed = self._seal.put({"_id": _STATE, **standing.as_document()})
        with translated():
            self._kept.replace_one({"_id": _STATE}, sealed, upsert=True)

    def said(self) -> Standing | None:
        """Return the monitor's last word; None when there never was one, or what stands there is none of its words."""
        with translated():
            document = self._kept.find_one({"_id": _STATE})
        try:
            return None if document is None or not self._seal.holds(document) else Standing.read(document)
        except (KeyError, TypeError, ValueError):
            return None

    def found(self, differences: Sequence[Difference], now: datetime) -> list[Finding]:
        """Take what a reading of everything has found; return what was not known, or had been gone."""
        names = {_name(difference): difference for difference in differences}
        with translated():
            known = set(self._kept.distinct("_id", {**_A_FINDING, "there": True}))
            self._kept.update_many(
                {**_A_FINDING, "there": True, "_id": {"$nin": list(names)}}, {"$set": {"there": False}}
            )
            if names:
                self._kept.bulk_write([_seen(name, each, now) for name, each in names.items()], ordered=False)
            fresh = [name for name in names if name not in known]
            return [_finding(document) for document in self._kept.find({"_id": {"$in": fresh}}).sort("_id", 1)]

    def open(self) -> int:
        """Return how many findings are there, or gone without an inspector having looked."""
        with translated():
            return self._kept.count_documents(_OPEN)

    def findings(self, limit: int) -> list[Finding]:
        """Return findings: open ones first, then the latest."""
        order = [("acknowledged_at", 1), ("there", -1), ("first_seen", -1), ("log", 1), ("position", 1)]
        with translated():
            return [_finding(document) for document in self._kept.find(_A_FINDING).sort(order).limit(limit)]

    def untold(self) -> list[Finding]:
        """Return findings that are not recorded as an event yet."""
        with translated():
            found = self._kept.find({**_A_FINDING, "told": False}).sort("_id", 1)
            return [_finding(document) for document in found]

    def told(self, findings: Sequence[Finding]) -> None:
        """Remember that findings are recorded as an event."""
        with translated():
            self._kept.update_many({"_id": {"$in": [each.name for each in findings]}}, {"$set": {"told": True}})

    def acknowledge(self, now: datetime) -> None:
        """Close findings that are gone: an inspector has had everything checked, and nothing was found."""
        with translated():
            self._kept.update_many({**_OPEN, "there": False}, {"$set": {"acknowledged_at": now}})


def _name(difference: Difference) -> str:
    return f"{difference.log}/{difference.position} {difference.kind.value}"


def _seen(name: str, difference: Difference, now: datetime) -> UpdateOne:
    """Return how to note that a difference was seen; whatever was known of it before stays known."""
    place = {"log": difference.log, "position": difference.position, "kind": Kind(difference.kind).value}
    now_true = {"until": difference.until, "last_seen": now, "there": True, "acknowledged_at": None}
    first = {**place, "first_seen": now, "told": False}
    return UpdateOne({"_id": name}, {"$set": now_true, "$setOnInsert": first}, upsert=True)


def _finding(document: dict[str, Any]) -> Finding:
    return Finding(**{name: document[name] for name in Finding.__dataclass_fields__})
