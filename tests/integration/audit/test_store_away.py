"""Whoever reads the logs to verify them is told by one error that the store is away, and goes on when it is there again."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.errors import AutoReconnect
from structlog.testing import capture_logs

from infra.event_store import EVENTS, LogReader
from infra.event_store.errors import StoreUnavailable
from services.audit.log.entries import ENTRIES, EntryLog
from services.audit.packs import making
from services.audit.packs.making import PackMaker

NOWHERE = "mongodb://127.0.0.1:1"
Ask = Callable[[Any], object]


@pytest.fixture
def client() -> Iterator[MongoClient[dict[str, Any]]]:
    with MongoClient[dict[str, Any]](NOWHERE, serverSelectionTimeoutMS=50) as client:
        yield client


@pytest.mark.parametrize(
    "ask",
    [EntryLog.size, EntryLog.signed, EntryLog.astray, lambda log: log.stored(-1, 10)],
    ids=["size", "signed", "astray", "stored"],
)
def test_an_audit_log_that_is_away_says_so(client: MongoClient[dict[str, Any]], ask: Ask) -> None:
    with pytest.raises(StoreUnavailable):
        ask(EntryLog(client["audit_log"][ENTRIES]))


@pytest.mark.parametrize("ask", [LogReader.astray, lambda log: log.documents(0, 10)], ids=["astray", "documents"])
def test_a_service_s_log_that_is_away_says_so(client: MongoClient[dict[str, Any]], ask: Ask) -> None:
    with pytest.raises(StoreUnavailable):
        ask(LogReader(client["content_log"][EVENTS]))


class ShelfAway:
    """A shelf that is away; whoever looks for the second time ends the test."""

    def __init__(self, failure: Exception) -> None:
        self._failures = iter((failure,))

    def sweep(self, _: object) -> None:
        raise next(self._failures, KeyboardInterrupt())


@pytest.mark.parametrize(
    ("failure", "said"),
    [(AutoReconnect("cancelled"), ("store_away", "warning")), (ZeroDivisionError(), ("pack_failed", "error"))],
    ids=["outage", "fault"],
)
def test_packs_wait_out_a_store_that_is_away_without_crying(
    monkeypatch: pytest.MonkeyPatch, failure: Exception, said: tuple[str, str]
) -> None:
    monkeypatch.setattr(making, "LOOKS_EVERY_S", 0)
    shelf: Any = ShelfAway(failure)
    unused: Any = None

    with capture_logs() as lines, pytest.raises(KeyboardInterrupt):
        PackMaker(shelf, unused, unused)._follow()

    assert [(line["event"], line["log_level"]) for line in lines] == [said]
