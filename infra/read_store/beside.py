"""Rows written anew beside those that are read, whose place they take when they are whole."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from pymongo import IndexModel, ReplaceOne, timeout
from pymongo.collection import Collection
from pymongo.errors import BulkWriteError, CollectionInvalid

from infra.read_store.rows import Change, Key, Row, Rows, begun_row, beside, changed, index_over, joined_changes

_DUPLICATE_KEY = 11000
_OFTEN = 0.02
_INDEXED_WITHIN_S = 3600


class RowsBeside(Rows):
    """Rows that nobody reads yet; `Rows.exchange` puts them in the place of the rows of the collection given.

    Only a rebuild writes them, from the first event on and in large batches: each batch is folded in memory and each
    row written once. They are, to the byte, what `Rows.apply` makes of the same changes. Indexes are made at the end.
    """

    def __init__(self, collection: Collection[Row]) -> None:
        super().__init__(beside(collection))
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
            there = self._insert([_folded(begun_row(key), by_key[key]) for key in by_key.keys() - known.keys()])
            self._replace(self._read(there), by_key)
            self._often_known = len(known) + len(there) > _OFTEN * len(by_key)

    def begin(self) -> None:
        """Forget what an earlier rebuild has left."""
        self._collection.drop()
        try:
            self._collection.database.create_collection(self.name)
        except CollectionInvalid:  # another process was as fast: it will notice
            return

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

    def _insert(self, rows: Sequence[Row]) -> list[Key]:
        """Insert rows as if none had been there, and return the keys of those that were."""
        try:
            if rows:
                self._collection.insert_many(rows, ordered=False)
        except BulkWriteError as error:
            return list(_taken_keys(error))
        return []

    def _replace(self, known: Mapping[Key, Row], changes: Mapping[Key, Sequence[Change]]) -> None:
        """Fold changes over rows that are there; a row that somebody else has written further stays as it is."""
        folded = ((before, _folded(before, changes[key])) for key, before in known.items())
        writes = [
            ReplaceOne({"_id": after["_id"], "position": {"$lt": after["position"]}}, after)
            for before, after in folded
            if after is not before
        ]
        if writes:
            self._collection.bulk_write(writes, ordered=False)


def _folded(row: Row, changes: Iterable[Change]) -> Row:
    for change in changes:
        row = changed(row, change)
    return row


def _taken_keys(error: BulkWriteError) -> Iterator[Key]:
    for failure in error.details["writeErrors"]:
        if failure["code"] != _DUPLICATE_KEY:
            raise error
        yield failure["op"]["_id"]
