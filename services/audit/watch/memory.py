"""What the monitor remembers, in one collection: its last word, and everything that it ever found."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pymongo import ReplaceOne
from pymongo.collection import Collection
from pymongo.database import Database

from infra.event_store.errors import translated
from infra.read_store.seal import Seal
from services.audit.log.differences import Difference, Kind
from services.audit.watch.standing import Standing

MONITOR = "monitor"
"""The one collection that the monitor may write."""

_STATE = "state"
_A_FINDING: dict[str, Any] = {"_id": {"$ne": _STATE}}
_POSITION = re.compile(r"[0-9]{1,18}")
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

Row = dict[str, Any]


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

    Everything is sealed: an administrator of the database can say no other word, and close no finding. What is taken
    away while the monitor runs is put back.
    """

    def __init__(self, store: Database[dict[str, Any]], seal: Seal) -> None:
        self._kept: Collection[Row] = store[MONITOR]
        self._seal = seal
        self._open: dict[str, Row] = {}

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
        rows = self._rows()
        known = {name for name, row in rows.items() if row["there"]}
        seen = [_seen(rows.get(name, {}), name, each, now) for name, each in names.items()]
        gone = [{**row, "there": False} for name, row in rows.items() if row["there"] and name not in names]
        back = [row for name, row in self._open.items() if name not in rows and name not in names]
        self._keep([*seen, *gone, *back])
        still_open = (row for row in self._rows().values() if row["acknowledged_at"] is None)
        self._open = {row["_id"]: {**row, "there": False} for row in still_open}
        return sorted((_finding(row) for row in seen if row["_id"] not in known), key=lambda finding: finding.name)

    def open(self) -> int:
        """Return how many findings are there, or gone without an inspector having looked."""
        return sum(row["acknowledged_at"] is None for row in self._rows().values())

    def findings(self, limit: int) -> list[Finding]:
        """Return findings: open ones first, then the latest."""
        found = sorted(map(_finding, self._rows().values()), key=lambda finding: (finding.log, finding.position))
        found.sort(key=lambda finding: (finding.there, finding.first_seen), reverse=True)
        return sorted(found, key=lambda finding: finding.acknowledged_at is not None)[:limit]

    def untold(self) -> list[Finding]:
        """Return findings that are not recorded as an event yet."""
        return [_finding(row) for name, row in sorted(self._rows().items()) if not row["told"]]

    def told(self, findings: Sequence[Finding]) -> None:
        """Remember that findings are recorded as an event."""
        names = {each.name for each in findings}
        self._keep([{**row, "told": True} for name, row in self._rows().items() if name in names])

    def acknowledge(self, now: datetime) -> None:
        """Close findings that are gone: an inspector has had everything checked, and nothing was found."""
        rows = [row for row in self._rows().values() if row["acknowledged_at"] is None and not row["there"]]
        self._keep([{**row, "acknowledged_at": now} for row in rows])

    def _rows(self) -> dict[str, Row]:
        """Return everything that was ever found, by name; a row that was not sealed so is an open finding."""
        with translated():
            stored = list(self._kept.find(_A_FINDING))
        return {row["_id"]: row if self._seal.holds(row) else _doubtful(row) for row in stored}

    def _keep(self, rows: Sequence[Row]) -> None:
        """Keep rows, under their seals; what somebody makes of one meanwhile is seen the next time."""
        replacing = [ReplaceOne({"_id": row["_id"]}, self._seal.put(row), upsert=True) for row in rows]
        if replacing:
            with translated():
                self._kept.bulk_write(replacing, ordered=False)


def _name(difference: Difference) -> str:
    return f"{difference.log}/{difference.position} {difference.kind.value}"


def _seen(row: Row, name: str, difference: Difference, now: datetime) -> Row:
    """Return the row of a difference that was seen; whatever was known of it before stays known."""
    place = {"log": difference.log, "position": difference.position, "kind": Kind(difference.kind).value}
    first = {"_id": name, **place, "first_seen": now, "told": False}
    return {**first, **row, "until": difference.until, "last_seen": now, "there": True, "acknowledged_at": None}


def _doubtful(row: Row) -> Row:
    """Return an open finding for a row that is not ours: as far as it can be read it says what it says, but is not closed."""
    log, _, rest = str(row["_id"]).partition("/")
    position, _, kind = rest.partition(" ")
    seen = row.get("first_seen")
    at = seen if isinstance(seen, datetime) else _LONG_AGO
    place = {
        "log": log,
        "position": int(position) if _POSITION.fullmatch(position) else 0,
        "kind": kind or Kind.UNREADABLE.value,
    }
    times = {"first_seen": at, "last_seen": at, "acknowledged_at": None}
    return {"_id": row["_id"], **place, **times, "until": None, "there": row.get("there") is True, "told": True}


def _finding(document: Row) -> Finding:
    return Finding(**{name: document[name] for name in Finding.__dataclass_fields__})
