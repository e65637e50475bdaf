"""Rows of a read model: each remembers the log position that wrote it, and nothing older overwrites it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from pymongo import ASCENDING, ReplaceOne, UpdateOne
from pymongo.collection import Collection

from infra.read_store.paging import ALL, Order, Page, continuation, cursor_after
from infra.read_store.rebuildable import rebuildable

Row = dict[str, Any]
"""A stored row: its fields, `_id`, and `position` of the event that wrote it last."""
Key = str | int | UUID
"""What a row is found by."""
MOST_ROWS = 1000
"""A page never holds more rows than this."""

_OWN = frozenset({"_id", "position", "removed"})
_NOT_BEGUN = {"position": 0, "removed": True}
_PRESENT = {"removed": False}


@dataclass(frozen=True, slots=True)
class Put:
    """Set these fields of a row, which begins with them if it was not there. Dotted names set inside a field."""

    key: Key
    fields: Mapping[str, Any]
    position: int


@dataclass(frozen=True, slots=True)
class Remove:
    """Take a row away; a tombstone keeps its position, so that an older event does not bring it back."""

    key: Key
    position: int


Change = Put | Remove


class Rows:
    """One collection of a read model.

    A change counts only if its position is greater than the row's: hearing an event twice, or from the beginning,
    leaves the same rows. One event therefore changes one row once; several changes of the same row at the same
    position inside one `apply` are joined.
    """

    def __init__(self, collection: Collection[Row]) -> None:
        self._collection = rebuildable(collection)

    @property
    def name(self) -> str:
        """Name the collection."""
        return self._collection.name

    def index(self, *fields: str | tuple[str, int], unique: bool = False) -> None:
        """Make sure that rows can be found by these fields; a pair tells the direction. Repeating it does nothing."""
        keys = [field if isinstance(field, tuple) else (field, ASCENDING) for field in fields]
        if unique:
            self._collection.create_index(keys, unique=True, partialFilterExpression=_PRESENT)
        else:
            self._collection.create_index(keys)

    def put(self, key: Key, fields: Mapping[str, Any], position: int) -> None:
        """Set fields of one row as of a position."""
        self.apply([Put(key, fields, position)])

    def remove(self, key: Key, position: int) -> None:
        """Take one row away as of a position."""
        self.apply([Remove(key, position)])

    def apply(self, changes: Iterable[Change]) -> None:
        """Write many changes in their order, in one round trip.

        Raises:
            ValueError: a change names a field that belongs to the row itself, or has no position.

        """
        joined = list(_joined(changes))
        if joined:
            begun = {change.key: _begin(change.key) for change in joined}
            self._collection.bulk_write([*begun.values(), *map(_guarded, joined)], ordered=True)

    def get(self, key: Key) -> Row | None:
        """Return the row, or None when there is none (any more)."""
        return self._collection.find_one({"_id": key, **_PRESENT})

    def get_all(self, keys: Iterable[Key]) -> dict[Key, Row]:
        """Return those of the rows that are there, by key."""
        return {row["_id"]: row for row in self._collection.find({"_id": {"$in": list(keys)}, **_PRESENT})}

    def find(
        self,
        where: Mapping[str, Any] = ALL,
        *,
        order: Order | None = None,
        limit: int = MOST_ROWS,
        after: str | None = None,
    ) -> Page[Row]:
        """Return a page of the rows that match, and the cursor of the next page.

        `where` is a MongoDB filter built by code, never by a user; `after` is a cursor of an earlier page.

        Raises:
            BadCursorError: `after` is no cursor of such a page.

        """
        order, limit = order or Order(), min(limit, MOST_ROWS)
        found = self._collection.find(continuation({**where, **_PRESENT}, order, after))
        rows = list(found.sort(order.keys()).limit(limit + 1))
        shown = tuple(rows[:limit])
        return Page(shown, cursor_after(shown[-1], order) if len(rows) > limit else None)

    def each(self, where: Mapping[str, Any] = ALL) -> Iterator[Row]:
        """Go through all rows that match, however many, in no order."""
        yield from self._collection.find({**where, **_PRESENT})

    def count(self, where: Mapping[str, Any] = ALL) -> int:
        """Count the rows that match."""
        return self._collection.count_documents({**where, **_PRESENT})

    def clear(self) -> None:
        """Forget all rows and tombstones, to be projected again."""
        self._collection.delete_many({})


def _joined(changes: Iterable[Change]) -> Iterator[Change]:
    for _, same in groupby(changes, key=lambda change: (type(change), change.key, change.position)):
        yield _join(list(same))


def _join(same: Sequence[Change]) -> Change:
    first = same[0]
    if isinstance(first, Remove):
        return first
    fields = {name: value for change in same if isinstance(change, Put) for name, value in change.fields.items()}
    return Put(first.key, fields, first.position)


def _begin(key: Key) -> UpdateOne:
    """Make sure that there is a row to guard: an upsert with the guard in its filter would try to insert it twice."""
    return UpdateOne({"_id": key}, {"$setOnInsert": _NOT_BEGUN}, upsert=True)


def _guarded(change: Change) -> UpdateOne | ReplaceOne[Row]:
    if change.position < 1:
        raise ValueError(f"position {change.position} is before the first event")
    older = {"_id": change.key, "position": {"$lt": change.position}}
    if isinstance(change, Remove):
        return ReplaceOne(older, {"position": change.position, "removed": True})
    if taken := _OWN & change.fields.keys():
        raise ValueError(f"fields {sorted(taken)} belong to the row itself")
    return UpdateOne(older, {"$set": {**change.fields, **_PRESENT, "position": change.position}})
