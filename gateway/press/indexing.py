"""Keeps the search index up with the rows."""

from pathlib import Path

from gateway.press.baking import put_in_place
from gateway.queries import Queries
from gateway.search_index import IndexWriter, index_folder

_AT_ONCE = 200


class Indexing:
    """Brings changed items into the index, in portions; how far it has come is noted beside the index, after the commit.

    Whoever deletes the folder gets a whole new index.
    """

    def __init__(self, queries: Queries, var_dir: Path) -> None:
        self._queries = queries
        self._writer = IndexWriter(index_folder(var_dir))
        self._turn_file = index_folder(var_dir).with_suffix(".turn")

    def catch_up(self) -> None:
        """Index everything that has changed since the last time."""
        for changed in self._queries.portions_after(self._turn(), _AT_ONCE):
            items = (self._queries.item(each.card.article) for each in changed)
            self._writer.put(item for item in items if item is not None)
            put_in_place({self._turn_file: str(changed[-1].turn).encode()})

    def _turn(self) -> int:
        if self._writer.is_new or not self._turn_file.is_file():
            return 0
        return int(self._turn_file.read_text())
