"""Keeps the search index up with the rows, beside the baking: a commit of the index is slow, and nobody waits for it."""

from pathlib import Path
from threading import Event, Thread
from typing import Self

from gateway.press.baking import put_in_place
from gateway.queries import Queries
from gateway.search_index import IndexWriter, index_folder
from infra.logs import get_logger
from infra.messaging.backoff import Backoff
from infra.messaging.outages import OUTAGES

_AT_ONCE = 200

log = get_logger("indexing")


class Indexing:
    """Brings changed items into the index, in portions; how far it has come is noted beside the index, after the commit.

    Whoever deletes the folder gets a whole new index.
    """

    def __init__(self, queries: Queries, var_dir: Path) -> None:
        self._queries = queries
        self._writer = IndexWriter(index_folder(var_dir))
        self._position_file = index_folder(var_dir).with_suffix(".position")
        self._news = Event()
        self._stopped = False
        self._thread = Thread(target=self._run, name="indexing")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped = True
        self._news.set()
        self._thread.join()

    def wake(self) -> None:
        """Say that rows have changed."""
        self._news.set()

    def catch_up(self) -> None:
        """Index everything that has changed since the last time."""
        while cards := self._queries.changed_after(self._position(), _AT_ONCE):
            items = (self._queries.item(card.article) for card in cards)
            self._writer.put(item for item in items if item is not None)
            put_in_place({self._position_file: str(cards[-1].position).encode()})

    def _position(self) -> int:
        if self._writer.is_new:
            return 0
        return int(self._position_file.read_text()) if self._position_file.is_file() else 0

    def _run(self) -> None:
        backoff = Backoff()
        while not self._stopped:
            self._news.clear()
            try:
                self.catch_up()
            except OUTAGES as outage:
                log.warning("indexing_waits", reason=repr(outage))
                self._news.wait(backoff.pause_s())
            else:
                backoff.reset()
                self._news.wait()
