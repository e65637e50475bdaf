"""How far each reader of a log has come."""

from time import monotonic, sleep
from typing import Any

from pymongo.database import Database

from infra.read_store.rebuildable import rebuildable

_LOOK_EVERY_S = 0.01


class Positions:
    """The position after which each reader goes on, by the reader's name.

    A reader writes its rows first and advances afterwards: after a crash it hears some events again and loses none.
    """

    def __init__(self, store: Database[dict[str, Any]]) -> None:
        self._positions = rebuildable(store["positions"])

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

    def ask_again(self, name: str) -> None:
        """Ask the reader to forget what it has taken in and to begin again from the first event."""
        self._positions.update_one({"_id": name}, {"$set": {"again": True}, "$max": {"position": 0}}, upsert=True)

    def asked_again(self, name: str) -> bool:
        """Tell whether the reader has been asked to begin again and has not yet done so."""
        return self._positions.find_one({"_id": name, "again": True}) is not None

    def reset(self, name: str) -> None:
        """Let the reader begin again from the first event; that answers who asked for it."""
        self._positions.replace_one({"_id": name}, {"position": 0}, upsert=True)
