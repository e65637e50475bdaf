"""What a rebuild notes of itself, and what it and whoever writes the same rows live tell each other."""

from typing import Any, NamedTuple

from pymongo import ReturnDocument
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from infra.event_store.connection import COMMITTED, DURABLE
from infra.read_store.positions import REBUILDING

_NOT_OFFERED = {"offered": {"$exists": False}}


class OvertakenError(Exception):
    """Another rebuild of the same rows has begun since, and goes on alone."""


class Noted(NamedTuple):
    """The rows that a run of a rebuild has written, and the position up to which they hold everything."""

    run: str
    position: int


class RebuildNotes:
    """The one document of everything that rewrites the rows which a reader writes live, by the reader's name.

    It names the run to which the rows written anew belong, so that the last one to begin goes on alone. All of it is
    durable before it counts.
    """

    def __init__(self, store: Database[dict[str, Any]], name: str) -> None:
        self._notes = store.get_collection(REBUILDING, read_concern=COMMITTED, write_concern=DURABLE)
        self._name = name

    def call(self) -> None:
        """Ask whoever writes these rows live, if anybody does, to answer."""
        self._notes.update_one({"_id": self._name}, {"$set": {"called": True}}, upsert=True)

    def is_called(self) -> bool:
        """Tell whether nobody has answered yet."""
        return self._notes.find_one({"_id": self._name, "called": True}, {"_id": 1}) is not None

    def heed(self) -> Noted | None:
        """Answer a call, as who writes live does before every step; return the rows that are offered, None for none."""
        note = self._notes.find_one({"_id": self._name}) or {}
        if "called" in note:
            self._notes.update_one({"_id": self._name}, {"$unset": {"called": ""}})
        return _noted(note) if "offered" in note else None

    def take_up(self, run: str, code: str) -> Noted | None:
        """Give a run what an earlier one of the same code has noted, and return that; None when there is nothing of it."""
        earlier = {"_id": self._name, "code": code, "run": {"$exists": True}, **_NOT_OFFERED}
        found = self._notes.find_one_and_update(earlier, {"$set": {"run": run}}, return_document=ReturnDocument.BEFORE)
        return None if found is None else _noted(found)

    def begin(self, run: str, code: str) -> None:
        """Note that a run begins with nothing.

        Raises:
            OvertakenError: another rebuild has just offered its rows.

        """
        own = {"run": run, "code": code, "position": 0}
        try:
            self._notes.update_one({"_id": self._name, **_NOT_OFFERED}, {"$set": own}, upsert=True)
        except DuplicateKeyError:
            raise OvertakenError(self._name) from None

    def advance(self, run: str, position: int) -> None:
        """Note that the run's rows hold everything up to a position; raises `OvertakenError`."""
        self._change(run, {"$set": {"position": position}})

    def offer(self, run: str) -> None:
        """Offer the run's rows to whoever writes these rows live; raises `OvertakenError`."""
        self._change(run, {"$set": {"offered": True}})

    def is_of(self, run: str) -> bool:
        """Tell whether no other run has begun since this one."""
        return self._notes.find_one({"_id": self._name, "run": run}, {"_id": 1}) is not None

    def offered(self) -> Noted | None:
        """Return the rows that wait to be put in the place of the live ones; None for none."""
        note = self._notes.find_one({"_id": self._name, "offered": True})
        return None if note is None else _noted(note)

    def answer(self, offered: Noted) -> None:
        """Note that offered rows are in place and up to date."""
        self._notes.delete_one({"_id": self._name, "run": offered.run})

    def _change(self, run: str, change: dict[str, Any]) -> None:
        if not self._notes.update_one({"_id": self._name, "run": run}, change).matched_count:
            raise OvertakenError(self._name)


def _noted(note: dict[str, Any]) -> Noted:
    return Noted(note["run"], int(note["position"]))
