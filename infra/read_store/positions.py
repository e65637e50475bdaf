"""How far each reader of a log has come."""

import re
from time import monotonic, sleep
from typing import Any

from pymongo.database import Database

from infra.read_store.rebuildable import rebuildable

REBUILDING = "rebuilding"
"""The collection in which rebuilds note how far they have come."""

_LOOK_EVERY_S = 0.01


class Positions:
    """The position after which each reader goes on, by the reader's name.

    A reader writes its rows first and advances afterwards: after a crash it hears some events again and loses none.
    """

    def __init__(self, store: Database[dict[str, Any]], collection: str = "positions") -> None:
        self._store = store
        self._positions = rebuildable(store[collection])

    def get(self, name: str) -> int:
        """Return the last position that the reader has taken in; 0 before its first."""
        known = self._positions.find_one({"_id": name})
        return int(known["position"]) if known else 0

    def advance(self, name: str, position: int) -> None:
        """Note that the reader has taken in everything up to the position; it never goes back."""
        self._positions.update_one({"_id": name}, {"$max": {"position": position}}, upsert=True)

    def wait(self, name: str, position: int, timeout_s: float) -> bool:
        """Wait until the reader has come to the position, so that a page shows what was just done.

        Returns whether it has; False after the time-out.
        """
        deadline = monotonic() + timeout_s
        while self.get(name) < position:
            if monotonic() >= deadline:
                return False
            sleep(_LOOK_EVERY_S)
        return True

    def call(self, name: str) -> None:
        """Ask whoever advances this position, if anybody does, to answer."""
        self._positions.update_one({"_id": name}, {"$set": {"called": True}, "$max": {"position": 0}}, upsert=True)

    def is_called(self, name: str) -> bool:
        """Tell whether nobody has answered yet."""
        return self._positions.find_one({"_id": name, "called": True}, {"_id": 1}) is not None

    def heed(self, name: str) -> int | None:
        """Answer a call, as who advances the position does before every step; return what is `offered` to it."""
        known = self._positions.find_one({"_id": name}, {"called": 1, "offered": 1}) or {}
        if "called" in known:
            self._positions.update_one({"_id": name}, {"$unset": {"called": ""}})
        return int(known["offered"]) if "offered" in known else None

    def offer(self, name: str, position: int) -> None:
        """Tell the reader that rows which hold everything up to a position have been written beside its own."""
        self._positions.update_one({"_id": name}, {"$set": {"offered": position}, "$max": {"position": 0}}, upsert=True)

    def offered(self, name: str) -> int | None:
        """Return the position of the rows that wait for the reader to put them in the place of its own; None for none."""
        known = self._positions.find_one({"_id": name, "offered": {"$exists": True}})
        return None if known is None else int(known["offered"])

    def reset(self, name: str, position: int = 0) -> None:
        """Let the reader go on after a position, back or forth; that answers what was offered to it."""
        self._positions.replace_one({"_id": name}, {"position": position}, upsert=True)

    def forget(self, begun: str) -> None:
        """Forget every reader whose name begins like this."""
        self._positions.delete_many({"_id": {"$regex": f"^{re.escape(begun)}"}})

    @property
    def of_rebuilds(self) -> "Positions":
        """How far rebuilds have come, beside the readers themselves."""
        return Positions(self._store, REBUILDING)
