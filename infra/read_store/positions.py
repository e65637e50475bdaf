"""How far each reader of a log has come."""

from time import monotonic, sleep
from typing import Any

from pymongo.database import Database

from infra.read_store.durability import Term, settle, term_of
from infra.read_store.rebuildable import rebuildable

REBUILDING = "rebuilding"
"""The collection in which rebuilds note how far they have come."""

_LOOK_EVERY_S = 0.01


class Positions:
    """The position after which each reader goes on, by the reader's name.

    A reader asks for its position, writes its rows and then advances: after a crash it hears some events again and
    loses none. What it has written since it asked is durable before its position moves.
    """

    def __init__(self, store: Database[dict[str, Any]]) -> None:
        self.store = store
        self._positions = rebuildable(store["positions"])
        self._asked: dict[str, Term] = {}

    def get(self, name: str) -> int:
        """Return the last position that the reader has taken in; 0 before its first."""
        known = self._positions.find_one({"_id": name})
        self._asked[name] = term_of(self.store)
        return int(known["position"]) if known else 0

    def advance(self, name: str, position: int) -> None:
        """Note that the reader has taken in everything up to the position; it never goes back.

        Raises:
            StoreUnavailable: what the reader has written since it asked may be lost: it has to ask and write again.

        """
        if name in self._asked:
            settle(self.store, self._asked[name])
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

    def reset(self, name: str, position: int = 0) -> None:
        """Let the reader go on after a position, back or forth."""
        self._positions.replace_one({"_id": name}, {"position": position}, upsert=True)
