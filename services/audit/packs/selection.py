"""Which entries of the log belong in a pack, as numbers: few bytes each, so that any period fits in memory."""

from array import array
from collections.abc import Callable, Iterable
from uuid import UUID

from services.audit.messages import PACK_ORDERED
from services.audit.queries.acts import AuditQueries
from services.audit.queries.criteria import Criteria
from services.board.messages import ACCOUNT_ISSUED

_TELLS_EVERY = 1_000


class Selection:
    """Finds entries by the criteria of the search."""

    def __init__(self, queries: AuditQueries) -> None:
        self._queries = queries

    def of(self, criteria: Criteria, entries: int, goes_on: Callable[[], None]) -> "array[int]":
        """Return the indexes among the first entries of the log, ascending, each once; tells while it goes on."""
        found = array("Q")
        for act in self._queries.each(criteria, entries):
            found.append(act.index)
            if len(found) % _TELLS_EVERY == 0:
                goes_on()
        return _ascending(found)

    def order_of(self, pack_id: UUID) -> int | None:
        """Return where the event stands by which a pack was ordered; None as long as it has not arrived in the log."""
        found = self._queries.search(Criteria(thing=str(pack_id), kind=PACK_ORDERED), limit=1)
        return found.items[0].index if found.items else None

    def issuings(self, accounts: Iterable[str], entries: int) -> "array[int]":
        """Return where the accounts were issued: these events hold the hashes of who their owners are."""
        asked = (Criteria(thing=account, kind=ACCOUNT_ISSUED) for account in accounts)
        return _ascending(act.index for criteria in asked for act in self._queries.each(criteria, entries))


def merged(*parts: Iterable[int]) -> "array[int]":
    """Return the indexes of all parts, ascending, each once."""
    return _ascending(index for part in parts for index in part)


def _ascending(found: Iterable[int]) -> "array[int]":
    indexes = sorted(array("Q", found))
    return array("Q", (index for place, index in enumerate(indexes) if not place or indexes[place - 1] != index))
