"""Keeps the search index up with the rows."""

from pathlib import Path

from gateway.press.baking import number_in
from gateway.queries import Queries
from gateway.search_index import IndexWriter, index_folder
from infra.whole_file import write_lasting

_AT_ONCE = 200
_COMMITTED_AT_ONCE = 5_000
"""A commit takes as long for one item as for thousands."""


class Indexing:
    """Brings changed items into the index, in portions; how far it has come is noted beside the index, after the commit.

    Whoever deletes the folder, or that note, gets everything indexed anew.
    """

    def __init__(self, queries: Queries, var_dir: Path) -> None:
        self._queries = queries
        self._writer = IndexWriter(index_folder(var_dir))
        self._turn_file = index_folder(var_dir).with_suffix(".turn")

    def catch_up(self) -> None:
        """Index everything that has changed since the last time; one commit holds some thousands at most."""
        turn, waiting = self._turn(), 0
        for changed in self._queries.portions_after(turn, _AT_ONCE):
            self._writer.add(self._queries.items({each.card.article: each.card.position for each in changed}))
            turn, waiting = changed[-1].turn, waiting + len(changed)
            if waiting >= _COMMITTED_AT_ONCE:
                self._commit(turn)
                waiting = 0
        if waiting:
            self._commit(turn)

    def _commit(self, turn: int) -> None:
        self._writer.commit()
        write_lasting(self._turn_file, str(turn).encode())

    def _turn(self) -> int:
        return 0 if self._writer.is_new else number_in(self._turn_file)
