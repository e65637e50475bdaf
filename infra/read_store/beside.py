"""Rows written anew beside those that are read, whose place they take when they are whole."""

import re
from collections.abc import Iterable, Mapping, Sequence

from pymongo import IndexModel, ReplaceOne, timeout
from pymongo.collection import Collection
from pymongo.errors import OperationFailure

from infra.read_store.rows import (
    Change,
    Key,
    Row,
    Rows,
    begun_row,
    beside,
    folded,
    index_over,
    insert_absent,
    joined_changes,
    rename,
)

_OFTEN = 0.02
_INDEXED_WITHIN_S = 3600
_BEING_INDEXED = 12587
_NOBODY = "nobody"


class RowsBeside(Rows):
    """Rows that nobody reads yet; `Rows.exchange` puts them in the place of the rows of the collection given.

    Only one run of a rebuild writes them, under a name of its own, from the first event on and in large batches: each
    batch is folded in memory and each row written once. They are, to the byte, what `Rows.apply` makes of the same
    changes. Indexes are made at the end.
    """

    def __init__(self, collection: Collection[Row]) -> None:
        super().__init__(beside(collection, _NOBODY))
        self._read_ones = collection
        self._indexes: list[IndexModel] = []
        self._often_known = False

    def index(self, *fields: str | tuple[str, int], unique: bool = False) -> None:
        """Note that these rows will have to be found by these fields."""
        self._indexes.append(index_over(fields, unique=unique))

    def apply(self, changes: Iterable[Change]) -> None:
        """Fold many changes over the rows; raises `ValueError` as `Rows.apply`."""
        by_key: dict[Key, list[Change]] = {}
        for change in joined_changes(changes):
            by_key.setdefault(change.key, []).append(change)
        if by_key:
            known = self._known(by_key)
            self._replace(known, by_key)
            new = [folded(begun_row(key), by_key[key]) for key in by_key.keys() - known.keys()]
            there = insert_absent(self._collection, new)
            self._replace(self._read(there), by_key)
            self._often_known = len(known) + len(there) > _OFTEN * len(by_key)

    def left(self) -> list[str]:
        """Name the collections of earlier runs, also of those from before runs had names."""
        of_any_run = rf"^{re.escape(self._read_ones.name)}(\.[^.]+)?\.anew$"
        return self._read_ones.database.list_collection_names(filter={"name": {"$regex": of_any_run}})

    def begin(self, run: str, left: Iterable[str] = ()) -> None:
        """Begin with nothing, under the name of a run, and delete what earlier runs have left."""
        database = self._read_ones.database
        for name in left:
            database.drop_collection(name)
        self._collection = beside(self._read_ones, run)
        database.create_collection(self.name)

    def take_up(self, earlier: str, run: str) -> bool:
        """Give what an earlier run has written the name of this one; False if that is impossible.

        If the earlier run still writes, it does so in a collection that nobody will ever offer.
        """
        self._collection = beside(self._read_ones, run)
        try:
            return rename(beside(self._read_ones, earlier), self.name)
        except OperationFailure as failure:
            if failure.code != _BEING_INDEXED:
                raise
        return False

    def drop(self) -> None:
        """Delete these rows, which nobody has offered and nobody will."""
        self._collection.drop()

    def finish(self) -> None:
        """Make the indexes; afterwards rows can still be written, more slowly."""
        if self._indexes:
            with timeout(_INDEXED_WITHIN_S):  # of millions of rows: longer than any other answer is waited for
                self._collection.create_indexes(self._indexes)

    def _known(self, keys: Iterable[Key]) -> dict[Key, Row]:
        """Return the rows that are there, if it is likely that some are: asking costs, and so does finding out by inserting."""
        return self._read(list(keys)) if self._often_known else {}

    def _read(self, keys: Sequence[Key]) -> dict[Key, Row]:
        return {row["_id"]: row for row in self._collection.find({"_id": {"$in": keys}})} if keys else {}

    def _replace(self, known: Mapping[Key, Row], changes: Mapping[Key, Sequence[Change]]) -> None:
        """Fold changes over rows that are there."""
        pairs = ((before, folded(before, changes[key])) for key, before in known.items())
        writes = [
            ReplaceOne({"_id": after["_id"], "position": {"$lt": after["position"]}}, after)
            for before, after in pairs
            if after is not before
        ]
        if writes:
            self._collection.bulk_write(writes, ordered=False)
