"""What the stores tell of logs and readers, seen with rights to look at nothing else."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from pymongo import MongoClient
from pymongo.database import Database

from infra.event_store.commit import COMMITS
from infra.local.processes import SERVICES
from infra.operations.facts import UNPROVEN, VERDICTS, Lag, Log, ParkedCount, Verification
from infra.operations.lag import Marks
from infra.operations.readers import HEARING, READERS, Reader
from infra.read_store.seal import Seal

HEAD, PARKED_COUNTS = "head", "parked_counts"
"""Views that provisioning makes: the position of a log's last event; parked messages by log, numbers only."""
MONITOR = "monitor"
"""Where the audit service's monitor of the logs keeps its word."""
UNREADABLE = "word_unreadable"
"""The reason of what is unproven because the monitor's word cannot be read."""

HEAD_PIPELINE: Sequence[Mapping[str, Any]] = (
    {"$match": COMMITS},
    {"$sort": {"_id": -1}},
    {"$limit": 1},
    {"$project": {"n": 1}},
)
PARKED_PIPELINE: Sequence[Mapping[str, Any]] = (
    {"$match": {"given_up": {"$exists": False}}},
    {"$group": {"_id": "$service", "count": {"$sum": 1}, "since": {"$min": "$since"}}},
    {"$sort": {"_id": 1}},
)

_PATIENCE_MS = 3_000

Store = Database[dict[str, Any]]


def opened(url: str) -> MongoClient[dict[str, Any]]:
    """Connect so that a server which does not answer is noticed within seconds."""
    return MongoClient(
        url,
        tz_aware=True,
        uuidRepresentation="standard",
        serverSelectionTimeoutMS=_PATIENCE_MS,
        connectTimeoutMS=_PATIENCE_MS,
        socketTimeoutMS=_PATIENCE_MS,
        readPreference="primaryPreferred",
    )


class StoreEyes:
    """Looks at all services' stores of one province; `prefix` is that of its databases.

    `seal` tells the word of the audit service's monitor from what anybody else has written in its place.
    """

    def __init__(self, client: MongoClient[dict[str, Any]], prefix: str, seal: Seal) -> None:
        self._client = client
        self._seal = seal
        self._prefix = prefix
        self._marks = {service: Marks() for service in SERVICES}

    def logs(self, now: datetime) -> list[Log]:
        """Return the head of every log, and remember when it was seen."""
        found = [Log(service, self._head(service)) for service in SERVICES]
        for log in found:
            self._marks[log.service].note(log.head, now)
        return found

    def lags(self, logs: Sequence[Log], now: datetime) -> list[Lag]:
        """Return how far each reader is behind heads that were looked at just before."""
        heads = {log.service: log.head for log in logs}
        lags = [self._lag(reader, heads[reader.log], now) for reader in READERS]
        for service, marks in self._marks.items():
            marks.forget(min(lag.position for lag in lags if lag.log == service))
        return lags

    def parked(self) -> list[ParkedCount]:
        """Return how many messages wait, where, and since when."""
        return [
            ParkedCount(service, row["_id"], row["count"], row["since"])
            for service in HEARING
            for row in self._store(service)[PARKED_COUNTS].find()
        ]

    def verification(self, now: datetime) -> Verification | None:
        """Return what the monitor says; None when there never was one. services/audit/README.md tells of the fields.

        What is no word of a monitor, because somebody has changed it, proves nothing.
        """
        state = self._store("audit")[MONITOR].find_one({"_id": "state"})
        if state is None:
            return None
        with suppress(OSError, KeyError, TypeError, ValueError):
            if self._seal.holds(state):
                return _said(state, now)
        return Verification(UNPROVEN, None, 0, alive=False, reasons=[UNREADABLE])

    def _lag(self, reader: Reader, head: int, now: datetime) -> Lag:
        position = self._position(reader)
        behind = max(0, head - position)
        seconds = self._marks[reader.log].seconds(position, now) if behind else 0.0
        return Lag(reader.name, reader.kind, reader.service, reader.log, position, behind, seconds)

    def _position(self, reader: Reader) -> int:
        collection = "relay" if reader.kind == "relay" else "positions"
        known = self._store(reader.service)[collection].find_one({"_id": reader.position})
        return int(known["position"]) if known else 0

    def _head(self, service: str) -> int:
        last = self._client[f"{self._prefix}_{service}_log"][HEAD].find_one()
        return 0 if last is None else int(last["_id"] + last["n"] - 1)

    def _store(self, service: str) -> Store:
        return self._client[f"{self._prefix}_{service}"]


def _said(state: Mapping[str, Any], now: datetime) -> Verification:
    checked_at: datetime | None = state["checked_at"]
    if checked_at is not None and not isinstance(checked_at, datetime):
        raise TypeError(checked_at)
    alive = bool(state["valid_until"] > now)
    believed = alive and state["state"] in VERDICTS
    verdict = state["state"] if believed else UNPROVEN
    return Verification(verdict, checked_at, int(state["findings"]), alive, list(state["reasons"]))
