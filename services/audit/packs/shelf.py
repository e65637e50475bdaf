"""Where packs wait, are made and lie for a while: what is known of each, and its file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from pymongo import DESCENDING, ReturnDocument
from pymongo.database import Database

from infra.kernel.ids import new_id
from services.audit.domain.pack import Contents

KEPT = timedelta(days=7)
"""So long a pack can be fetched; then its file is removed."""
SILENT = timedelta(seconds=15)
"""Whoever makes a pack and has told nothing for so long has died; another begins again."""
_MOST_SHOWN = 50


class Stage(StrEnum):
    """How far a pack has come."""

    WAITING = "waiting"
    MAKING = "making"
    READY = "ready"
    FAILED = "failed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of a pack besides what was ordered.

    `why` says why it failed or was removed: the name of an entry that is not proved any more, "away" while the board
    cannot be asked, "crashed", "expired", or "erased" where it held the record of somebody who has been erased. `tries`
    counts how often somebody has begun to make it.
    """

    id: UUID
    account: str
    stage: Stage
    ordered_at: datetime
    done: int
    of: int
    events: int
    people: int
    size: int
    sha256: str
    why: str
    until: datetime | None
    maker: str
    tries: int

    @property
    def percent(self) -> int:
        """How much of it is written."""
        return 100 * self.done // self.of if self.of else 0

    @property
    def under_way(self) -> bool:
        """Tell whether it is waiting or being made."""
        return self.stage in (Stage.WAITING, Stage.MAKING)


_BLANK: Mapping[str, Any] = {
    "stage": Stage.WAITING, "done": 0, "of": 0, "events": 0, "people": 0, "size": 0, "sha256": "", "why": "",
    "until": None, "maker": "", "tries": 0, "heard_at": None, "named": [],
}  # fmt: skip


class Shelf:
    """The packs of all who inspect. Several processes may use it: each change names the stage that it leads away from."""

    def __init__(self, store: Database[dict[str, Any]], folder: Path) -> None:
        self.store = store
        self._packs = store["packs"]
        self._folder = folder

    def prepare(self) -> None:
        """Make sure that packs are found quickly. Repeating it does nothing."""
        self._packs.create_index([("account", 1), ("ordered_at", DESCENDING)])
        self._packs.create_index("stage")

    def path(self, pack_id: UUID) -> Path:
        """Return where the pack's file lies once it is ready."""
        return self._folder / f"{pack_id}.zip"

    def draft(self, making: Kept) -> Path:
        """Return where its maker writes it; what earlier makers have left there is removed."""
        self._drop(making.id)
        return self._folder / f"{making.id}.{making.maker}.part"

    def put(self, pack_id: UUID, account: str, ordered_at: datetime) -> Kept:
        """Let a pack wait to be made; putting it again changes nothing."""
        blank = {**_BLANK, "account": account, "ordered_at": ordered_at}
        put = self._packs.find_one_and_update(
            {"_id": pack_id}, {"$setOnInsert": blank}, upsert=True, return_document=ReturnDocument.AFTER
        )
        return _kept(cast(dict[str, Any], put))

    def get(self, pack_id: UUID) -> Kept | None:
        """Return what is known of a pack."""
        known = self._packs.find_one({"_id": pack_id})
        return None if known is None else self._as_it_lies(_kept(known))

    def of(self, account: str) -> Sequence[Kept]:
        """Return the latest packs that an account has ordered, the newest first."""
        found = self._packs.find({"account": account}).sort("ordered_at", DESCENDING).limit(_MOST_SHOWN)
        return [self._as_it_lies(_kept(known)) for known in found]

    def take(self, now: datetime) -> Kept | None:
        """Take the oldest pack that waits, or whose maker has died, in order to make it."""
        dead = {"stage": Stage.MAKING, "heard_at": {"$lt": now - SILENT}}
        maker = new_id().hex
        begun = {"stage": Stage.MAKING, "maker": maker, "heard_at": now, "done": 0, "of": 0, "named": []}
        taken = self._packs.find_one_and_update(
            {"$or": [{"stage": Stage.WAITING}, dead]},
            {"$set": begun, "$inc": {"tries": 1}},
            sort=[("ordered_at", 1)],
            return_document=ReturnDocument.AFTER,
        )
        return None if taken is None else _kept(taken)

    def names(self, making: Kept, people: Sequence[str]) -> bool:
        """Note whose records the pack will hold, before they are read: whoever is erased meanwhile is found by it."""
        return self._making(making, {"named": list(people)})

    def tell(self, making: Kept, done: int, of: int, now: datetime) -> bool:
        """Tell how far the making has come; False when it has been taken away from this maker."""
        return self._making(making, {"done": done, "of": of, "heard_at": now})

    def ready(self, making: Kept, contents: Contents, now: datetime) -> bool:
        """Let the pack be fetched; False when it has been taken away, as when somebody it names was erased."""
        facts = {"events": contents.events, "people": contents.people, "size": contents.size}
        return self._making(making, {**facts, "sha256": contents.sha256, "stage": Stage.READY, "until": now + KEPT})

    def put_back(self, making: Kept) -> None:
        """Let it wait again, as if nobody had begun."""
        own = {"_id": making.id, "stage": Stage.MAKING, "maker": making.maker}
        self._packs.update_one(own, {"$set": {"stage": Stage.WAITING}, "$inc": {"tries": -1}})

    def fail(self, making: Kept, why: str) -> None:
        """Give the pack up, and say why."""
        self._making(making, {"stage": Stage.FAILED, "why": why})

    def forget(self, person: str) -> int:
        """Remove every pack that holds somebody's record; one in the making begins again without it. Return how many."""
        named = list(self._packs.find({"named": person, "stage": {"$in": [Stage.MAKING, Stage.READY]}}))
        for known in named:
            again = known["stage"] == Stage.MAKING
            after = {"stage": Stage.WAITING} if again else {"stage": Stage.REMOVED, "why": "erased"}
            self._packs.update_one({"_id": known["_id"], "stage": known["stage"]}, {"$set": {**after, "named": []}})
            self._drop(known["_id"])
        return len(named)

    def sweep(self, now: datetime) -> int:
        """Remove packs whose time is over; return how many."""
        over = list(self._packs.find({"stage": Stage.READY, "until": {"$lte": now}}, {"_id": 1}))
        for known in over:
            removed = {"stage": Stage.REMOVED, "why": "expired", "named": []}
            self._packs.update_one({"_id": known["_id"], "stage": Stage.READY}, {"$set": removed})
            self._drop(known["_id"])
        return len(over)

    def _as_it_lies(self, kept: Kept) -> Kept:
        """Return a pack without its file, as after a restore, as removed: backups hold no packs."""
        there = kept.stage is not Stage.READY or self.path(kept.id).is_file()
        return kept if there else replace(kept, stage=Stage.REMOVED, why="expired")

    def _drop(self, pack_id: UUID) -> None:
        for path in self._folder.glob(f"{pack_id}.*"):
            path.unlink(missing_ok=True)

    def _making(self, making: Kept, facts: Mapping[str, Any]) -> bool:
        own = {"_id": making.id, "stage": Stage.MAKING, "maker": making.maker}
        return self._packs.update_one(own, {"$set": facts}).matched_count == 1


def _kept(known: Mapping[str, Any]) -> Kept:
    names = Kept.__dataclass_fields__.keys() - {"id", "stage"}
    return Kept(**{name: known[name] for name in names}, id=known["_id"], stage=Stage(known["stage"]))
