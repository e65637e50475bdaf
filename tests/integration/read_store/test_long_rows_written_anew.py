"""A newsroom's long log gives, byte for byte, the same rows whether they are written as things happen or all anew."""

from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest
from bson.raw_bson import RawBSONDocument
from pymongo.database import Database

from infra.event_store import EVENTS, LogReader, create_log
from infra.messaging.envelope import Envelope
from infra.read_store import rebuild as rebuilding
from infra.read_store.beside import RowsBeside
from infra.read_store.rebuild import Rebuild
from services.audit.bootstrap import rewriting_over
from services.audit.log.appender import Appender
from services.audit.log.entries import ENTRIES, EntryLog
from services.audit.log.key import signer
from services.audit.log.witness import Witness
from services.audit.projections import AuditRows
from services.audit.reactions import Listening
from services.content.bootstrap import projector_over
from tests.builders.long_log import write_long_log

pytestmark = pytest.mark.servers
Store = Database[dict[str, Any]]

HEARD_AT_ONCE = 170


@pytest.fixture(autouse=True)
def nobody_else_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebuilding, "_TAKEN_WITHIN_S", 0)
    monkeypatch.setattr(rebuilding, "BATCH", 700)


@pytest.fixture
def log(log_database: Store) -> LogReader:
    create_log(log_database)
    write_long_log(log_database[EVENTS], 2_500)
    return LogReader(log_database[EVENTS])


def everything(store: Store) -> dict[str, list[bytes]]:
    """Every row of every collection as it lies in the store, by its key."""
    found = {}
    for name in store.list_collection_names(filter={"name": {"$nin": ["positions", "rebuilding"]}}):
        options = store[name].codec_options.with_options(document_class=RawBSONDocument)
        found[name] = sorted(row.raw for row in store.get_collection(name, codec_options=options).find())
    return found


@pytest.mark.usefixtures("log")
def test_contents_rows(log_database: Store, store_database: Store) -> None:
    live = projector_over(log_database, store_database)
    while live.step():
        pass
    before = everything(store_database)

    assert Rebuild(projector_over(log_database, store_database, RowsBeside), live, "today").run(Event())

    assert everything(store_database) == before
    assert {name: len(rows) > 50 for name, rows in before.items() if name != "files.chunks"} == {
        "submissions": True,
        "articles": True,
    }


def test_the_audit_rows(log: LogReader, log_database: Store, store_database: Store, tmp_path: Path) -> None:
    entries, signs = log_database[ENTRIES], signer("test", tmp_path)
    rows = AuditRows(store_database)
    rows.prepare()
    appender = Appender(entries, signs, Witness(tmp_path / "checkpoint", signs.verifier))
    listening = Listening(appender, EntryLog(entries), rows, lambda _service, _after: [])
    told = [Envelope.from_entry("content", entry) for entry in log.page(0, 10_000)]
    for begun in range(0, len(told), HEARD_AT_ONCE):
        listening.react(told[begun : begun + HEARD_AT_ONCE])
    before = everything(store_database)
    opened: Any = SimpleNamespace(entries=EntryLog(entries), services={"content": log})

    rebuild = Rebuild(
        rewriting_over(store_database, opened, RowsBeside), rewriting_over(store_database, opened), "today"
    )
    assert rebuild.run(Event())

    assert everything(store_database) == before
    assert len(before["acts"]) == len(told)


def test_rows_of_the_audit_service_are_put_in_place_when_the_next_message_comes(
    log: LogReader, log_database: Store, store_database: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries, signs = log_database[ENTRIES], signer("test", tmp_path)
    appender = Appender(entries, signs, Witness(tmp_path / "checkpoint", signs.verifier))
    opened: Any = SimpleNamespace(entries=EntryLog(entries), services={"content": log})
    live, rows = rewriting_over(store_database, opened), AuditRows(store_database)
    listening = Listening(appender, opened.entries, rows, lambda _service, _after: [], live.take_over)
    told = [Envelope.from_entry("content", entry) for entry in log.page(0, 300)]
    listening.react(told[:200])
    rows.acts.put("stray/1", {"things": []}, 1)
    monkeypatch.setattr(Rebuild, "_handed_over", lambda *_: True)  # as if killed right after its offer
    assert Rebuild(rewriting_over(store_database, opened, RowsBeside), live, "today").run(Event())
    assert rows.acts.get("stray/1") is not None

    listening.react(told[200:])

    assert rows.acts.get("stray/1") is None
    assert rows.acts.count() == 300
    assert live.rebuilds.offered() is None
