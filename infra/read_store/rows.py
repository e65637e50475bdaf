"""Rows of a read model: each remembers the log position that wrote it, and nothing older overwrites it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any
from uuid import UUID

from pymongo import ASCENDING, IndexModel, ReplaceOne, UpdateOne
from pymongo.collection import Collection
from pymongo.errors import BulkWriteError, OperationFailure

from infra.event_store.connection import DURABLE
from infra.read_store.paging import ALL, Order, Page, continuation, cursor_after
from infra.read_store.rebuildable import rebuildable

Row = dict[str, Any]
"""A stored row: its fields, `_id`, and `position` of the event that wrote it last."""
Key = str | int | UUID
"""What a row is found by."""
_FEW = 20
"""So many changes are written without looking first which rows are there."""
_DUPLICATE_KEY = 11000
MOST_ROWS = 1000
"""A page never holds more rows than this."""

_BESIDE = "{}.{}.anew"
_NOT_THERE = 26
_CUT_SHORT = frozenset({43, 175})
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
        self._collection.create_indexes([index_over(fields, unique=unique)])

    def put(self, key: Key, fields: Mapping[str, Any], position: int) -> None:
        """Set fields of one row as of a position."""
        self.apply([Put(key, fields, position)])

    def remove(self, key: Key, position: int) -> None:
        """Take one row away as of a position."""
        self.apply([Remove(key, position)])

    def apply(self, changes: Iterable[Change]) -> None:
        """Write many changes, those of one row in their order, in one round trip, or in few where they are many.

        All of them in their order only up to 20: of more, rows that are new are seen before changes of others. Who
        follows the rows by a field that counts on must not look meanwhile, or their changes have to come in portions.

        Raises:
            ValueError: a change names a field that belongs to the row itself, or has no position.

        """
        joined = list(joined_changes(changes))
        if len(joined) > _FEW:
            joined = self._begun_together(joined)
        if joined:
            begun = {change.key: _begin(change.key) for change in joined}
            self._collection.bulk_write([*begun.values(), *map(_guarded, joined)], ordered=True)

    def _begun_together(self, changes: Sequence[Change]) -> list[Change]:
        """Write the rows that are not there yet, whole, and return the changes of all others: it costs a tenth."""
        by_key: dict[Key, list[Change]] = {}
        for change in changes:
            by_key.setdefault(change.key, []).append(change)
        there: set[Key] = set(self._collection.distinct("_id", {"_id": {"$in": list(by_key)}}))
        new = [folded(begun_row(key), of_row) for key, of_row in by_key.items() if key not in there]
        there.update(insert_absent(self._collection, new))
        return [change for change in changes if change.key in there]

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
        wanted = continuation({**where, **_PRESENT}, order, after)
        rows = self._found(wanted, order, limit + 1)
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

    def exchange(self, run: str) -> None:
        """Let the rows that a run has written beside (`infra.read_store.beside`) take the place of these, all at once.

        Nothing happens when there are none: they have taken it already.
        """
        rename(beside(self._collection, run), self.name)

    def _found(self, wanted: Mapping[str, Any], order: Order, limit: int) -> list[Row]:
        """Read some rows; once more, if others take the place of these meanwhile."""

        def read() -> list[Row]:
            return list(self._collection.find(wanted, batch_size=limit).sort(order.keys()).limit(limit))

        try:
            return read()
        except OperationFailure as failure:
            if failure.code not in _CUT_SHORT:
                raise
        return read()


MakeRows = Callable[[Collection[Row]], Rows]
"""Makes the rows of a collection: `Rows`, or those that are written beside them."""


def beside(collection: Collection[Row], run: str) -> Collection[Row]:
    """Return the collection in which a run of a rebuild, and nobody else, writes what is to take the place of another."""
    return rebuildable(collection.database[_BESIDE.format(collection.name, run)])


def rename(collection: Collection[Row], name: str) -> bool:
    """Rename a collection, durably, in the place of any that has the name; False if it is not there."""
    try:
        collection.with_options(write_concern=DURABLE).rename(name, dropTarget=True)
    except OperationFailure as failure:
        if failure.code != _NOT_THERE:
            raise
        return False
    return True


def index_over(fields: Iterable[str | tuple[str, int]], *, unique: bool) -> IndexModel:
    """Return the index over fields of rows, those removed left out where it is unique."""
    keys = [field if isinstance(field, tuple) else (field, ASCENDING) for field in fields]
    if unique:
        return IndexModel(keys, unique=True, partialFilterExpression=_PRESENT)
    return IndexModel(keys)


def changed(row: Row, change: Change) -> Row:
    """Return a row as a change leaves it, to the byte as `Rows.apply` does: a change that is not newer leaves it as it is.

    Raises:
        ValueError: as `Rows.apply`.

    """
    _check(change)
    if row["position"] >= change.position:
        return row
    if isinstance(change, Remove):
        return {"_id": row["_id"], "position": change.position, "removed": True}
    new = {**row, "position": change.position, "removed": False}
    for name in sorted(change.fields):
        if "." in name:
            _set(new, name.split("."), change.fields[name])
        else:
            new[name] = change.fields[name]
    return new


def folded(row: Row, changes: Iterable[Change]) -> Row:
    """Return a row as changes leave it, one after the other."""
    return reduce(changed, changes, row)


def insert_absent(collection: Collection[Row], rows: Sequence[Row]) -> list[Key]:
    """Insert rows as if none of them had been there, and return the keys of those that were."""
    try:
        if rows:
            collection.insert_many(rows, ordered=False)
    except BulkWriteError as error:
        return list(_taken_keys(error))
    return []


def _taken_keys(error: BulkWriteError) -> Iterator[Key]:
    for failure in error.details["writeErrors"]:
        if failure["code"] != _DUPLICATE_KEY:
            raise error
        yield failure["op"]["_id"]


def begun_row(key: Key) -> Row:
    """Return the row of which nothing is known yet."""
    return {"_id": key, **_NOT_BEGUN}


def _set(inside: Row, path: Sequence[str], value: Any) -> None:
    name, *rest = path
    if rest:
        inside[name] = dict(inside.get(name, {}))  # what it was may belong to an event
        _set(inside[name], rest, value)
    else:
        inside[name] = value


def joined_changes(changes: Iterable[Change]) -> Iterator[Change]:
    """Join neighbouring changes of one row by one event."""
    last: Change | None = None
    for change in changes:
        if last is None or (change.key, change.position) != (last.key, last.position) or type(change) is not type(last):
            if last is not None:
                yield last
            last = change
        elif isinstance(last, Put) and isinstance(change, Put):
            last = Put(last.key, {**last.fields, **change.fields}, last.position)
    if last is not None:
        yield last


def _begin(key: Key) -> UpdateOne:
    """Make sure that there is a row to guard: an upsert with the guard in its filter would try to insert it twice."""
    return UpdateOne({"_id": key}, {"$setOnInsert": _NOT_BEGUN}, upsert=True)


def _check(change: Change) -> None:
    if change.position < 1:
        raise ValueError(f"position {change.position} is before the first event")
    if isinstance(change, Put) and (taken := [name for name in _OWN if name in change.fields]):
        raise ValueError(f"fields {sorted(taken)} belong to the row itself")


def _guarded(change: Change) -> UpdateOne | ReplaceOne[Row]:
    _check(change)
    older = {"_id": change.key, "position": {"$lt": change.position}}
    if isinstance(change, Remove):
        return ReplaceOne(older, {"position": change.position, "removed": True})
    return UpdateOne(older, {"$set": {**change.fields, **_PRESENT, "position": change.position}})
