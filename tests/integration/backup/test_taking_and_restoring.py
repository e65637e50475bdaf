"""A backup fits together though services go on writing, and comes back only where there is room, and only whole."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from eventsourcing.persistence import StoredEvent
from pymongo.errors import OperationFailure
from pymongo.read_concern import ReadConcern

from infra.backup.archive import Archive
from infra.backup.manifest import DamagedBackupError
from infra.backup.restoring import NotEmptyError, occupied, restore
from infra.backup.stores import Stores
from infra.backup.taking import RowsExchangedError, Taking
from infra.event_store import EVENTS, LogReader
from infra.event_store.commit import chain_breaks
from infra.event_store.recorder import LogRecorder
from infra.kernel.ids import new_id
from infra.read_store.beside import RowsBeside
from infra.read_store.people import People
from infra.read_store.positions import Positions
from infra.read_store.rows import Put, Rows
from tests.builders.waiting import until

pytestmark = pytest.mark.servers


def silent(_line: str) -> None:
    """Hear what is told and say nothing."""


class Service:
    """Writes as services do: a person's record, the event that needs it, its entry in the audit log, a row, a position."""

    def __init__(self, stores: Stores, name: str = "content", witness: Path | None = None) -> None:
        self.log = LogRecorder(stores.collection(f"{name}_log", EVENTS))
        self.entries = stores.collection("audit_log", "entries")
        store = stores.client[f"{stores.prefix}_{name}"]
        self.people, self.rows, self.positions = People(store), Rows(store["things"]), Positions(store)
        self.monitor, self.witness = store["monitor"], witness
        self.acknowledged = 0

    def act(self) -> None:
        """Do one thing, and wait until it is where a backup reads: rows and positions do not wait for the disk."""
        self.work()
        noted = self.monitor.database["positions"].with_options(read_concern=ReadConcern("majority"))
        until(lambda: noted.find_one({"_id": "rows", "position": self.acknowledged}))

    def work(self) -> None:
        subject = new_id()
        self.people.put(str(subject), {"name": "Nguyễn Thị A"})
        event = StoredEvent(subject, 1, "test.thing.begun", b"{}")
        (position,) = self.log.insert_events([event]) or [0]
        self.entries.insert_one({"_id": position - 1, "service": "content", "position": position})
        self.keep(position)
        self.rows.put(str(subject), {"known": True}, position)
        self.positions.advance("rows", position)
        self.acknowledged = position

    def keep(self, size: int) -> None:
        """Keep the size of the audit log outside the database, as its witness, and let the monitor remember it."""
        if self.witness is not None:
            with self.witness.open("a", encoding="ascii") as journal:
                journal.write(f"{size}\n")
            self.monitor.replace_one({"_id": "seen"}, {"size": size}, upsert=True)


@contextmanager
def working(service: Service) -> Iterator[Service]:
    stop = Event()

    def work() -> None:
        while not stop.is_set():
            service.work()

    thread = Thread(target=work)
    thread.start()
    try:
        until(lambda: service.acknowledged > 30)
        yield service
    finally:
        stop.set()
        thread.join()


def head(stores: Stores) -> int:
    return LogReader(stores.collection("content_log", EVENTS)).head()


def everything(stores: Stores, database: str, name: str) -> list[dict[str, Any]]:
    return list(stores.collection(database, name).find().sort("_id", 1))


def test_what_comes_back_fits_together_though_a_service_went_on_writing(
    province: Stores, empty: Stores, taking: Taking, tmp_path: Path
) -> None:
    with working(Service(province, witness=taking.var_dir / "audit" / "checkpoints")) as service:
        before = service.acknowledged
        manifest = taking.into(tmp_path / "copy")
        after = service.acknowledged

    restore(Archive(tmp_path / "copy"), empty, tmp_path / "new", silent)

    reached = head(empty)
    assert before <= reached <= after + 1
    assert dict(manifest.heads) == {"board": 0, "content": reached, "audit": 0}
    log = LogReader(empty.collection("content_log", EVENTS))
    assert list(chain_breaks(log.commits(0, 100_000))) == []
    entries = list(empty.collection("audit_log", "entries").find().sort("_id", 1))
    assert [entry["_id"] for entry in entries] == list(range(len(entries)))
    assert before <= manifest.audit_size == len(entries) <= reached
    position = empty.collection("content", "positions").find_one({"_id": "rows"})
    rows = list(empty.collection("content", "things").find())
    assert position is not None
    assert position["position"] <= max(row["position"] for row in rows) <= reached
    assert {row["position"] for row in rows} >= set(range(1, position["position"] + 1))
    seen = empty.collection("content", "monitor").find_one({"_id": "seen"})
    witnessed = (tmp_path / "new" / "audit" / "checkpoints").read_text(encoding="ascii").split()
    assert seen is not None
    assert before <= seen["size"] <= int(witnessed[-1]) <= len(entries)
    people = {person["_id"] for person in empty.collection("content", "people").find()}
    assert {str(entry.originator_id) for entry in log.page(0, 100_000)} <= people


def test_every_document_comes_back_byte_for_byte_and_every_file_only_for_its_owner(
    province: Stores, empty: Stores, taking: Taking, tmp_path: Path
) -> None:
    service = Service(province)
    for _ in range(3):
        service.act()
    taking.into(tmp_path / "copy")

    restore(Archive(tmp_path / "copy"), empty, tmp_path / "new", silent)

    for database, name in (("content_log", EVENTS), ("content", "people"), ("content", "things")):
        assert everything(empty, database, name) == everything(province, database, name)
    files = {path.relative_to(tmp_path / "new").as_posix() for path in (tmp_path / "new").rglob("*") if path.is_file()}
    kept = {"secrets/audit-log.key", "secrets/audit-log.pub", "audit/checkpoint", "audit/monitor.key"}
    assert files == {*kept, "secrets/not-restored"}
    assert {path.stat().st_mode & 0o077 for path in (tmp_path / "new").rglob("*") if path.is_file()} == {0}
    assert (tmp_path / "copy").stat().st_mode & 0o077 == 0


def test_who_takes_backups_reads_everything_and_changes_nothing(province: Stores, seen: Stores) -> None:
    Service(province).act()

    assert seen.collection("content_log", EVENTS).count_documents({}) == 1
    assert seen.collection("content", "people").find_one({}) is not None
    for attempt in (
        lambda: seen.collection("content_log", EVENTS).insert_one({"_id": 2}),
        lambda: seen.collection("content", "people").delete_many({}),
        lambda: seen.collection("content", "people").update_many({}, {"$set": {"record.name": "B"}}),
        lambda: seen.client["admin"].command("usersInfo", 1),
    ):
        with pytest.raises(OperationFailure, match="not authorized"):
            attempt()


def test_an_altered_file_of_a_backup_is_named_and_nothing_is_used(
    province: Stores, taking: Taking, tmp_path: Path
) -> None:
    Service(province).act()
    taking.into(tmp_path / "copy")
    altered = tmp_path / "copy" / "content_log" / "events.bson.gz"
    content = bytearray(altered.read_bytes())
    content[len(content) // 2] ^= 1
    altered.write_bytes(content)

    with pytest.raises(DamagedBackupError, match=r"content_log/events\.bson\.gz is not as it was written"):
        Archive(tmp_path / "copy").check()

    altered.unlink()
    with pytest.raises(DamagedBackupError, match=r"content_log/events\.bson\.gz is missing"):
        Archive(tmp_path / "copy").check()


def test_a_backup_is_not_restored_over_what_is_there(province: Stores, taking: Taking, tmp_path: Path) -> None:
    service = Service(province)
    service.act()
    taking.into(tmp_path / "copy")

    with pytest.raises(NotEmptyError, match=r"audit_log, content, content_log\."):
        restore(Archive(tmp_path / "copy"), province, tmp_path / "new", silent)

    assert head(province) == 1
    assert not (tmp_path / "new").exists()


def test_a_file_that_is_there_and_is_not_the_backups_is_not_written_over(
    province: Stores, empty: Stores, taking: Taking, tmp_path: Path
) -> None:
    Service(province).act()
    taking.into(tmp_path / "copy")
    new = tmp_path / "new" / "secrets"
    new.mkdir(parents=True)
    (new / "audit-log.pub").write_text("public key", encoding="ascii")
    (new / "audit-log.key").write_text("key of another portal", encoding="ascii")

    with pytest.raises(NotEmptyError, match=r"not those of the backup: secrets/audit-log\.key\."):
        restore(Archive(tmp_path / "copy"), empty, tmp_path / "new", silent)

    assert occupied(empty) == []
    assert {path.name for path in new.iterdir()} == {"audit-log.pub", "audit-log.key"}
    (new / "audit-log.key").write_text("key", encoding="ascii")
    restore(Archive(tmp_path / "copy"), empty, tmp_path / "new", silent)
    assert head(empty) == 1


def test_what_the_technical_team_did_about_parked_messages_comes_back(
    province: Stores, empty: Stores, seen: Stores, taking: Taking, tmp_path: Path
) -> None:
    deed = {"_id": 1, "what": "given_up", "service": "content"}
    province.collection("operations", "deeds").insert_one(deed)
    province.collection("operations", "observed").insert_one({"_id": "latest"})
    taking.into(tmp_path / "copy")

    restore(Archive(tmp_path / "copy"), empty, tmp_path / "new", silent)

    assert everything(empty, "operations", "deeds") == [deed]
    assert everything(empty, "operations", "observed") == []
    for attempt in (
        lambda: seen.collection("operations", "observed").find_one({}),
        lambda: seen.collection("operations", "deeds").insert_one({}),
    ):
        with pytest.raises(OperationFailure, match="not authorized"):
            attempt()


def test_provisioned_databases_are_empty_enough_to_restore_into(empty: Stores) -> None:
    assert occupied(empty) == []


def test_a_backup_during_which_rows_are_exchanged_is_given_up_and_leaves_nothing(
    province: Stores, taking: Taking, tmp_path: Path
) -> None:
    Service(province).act()
    things = province.collection("content", "things")

    def exchanged(line: str) -> None:
        if line.endswith("content.positions"):
            beside = RowsBeside(things)
            beside.begin("run")
            beside.apply([Put("a row", {"known": True}, 1)])
            Rows(things).exchange("run")

    taking.tell = exchanged
    with pytest.raises(RowsExchangedError, match=r"content\.things"):
        taking.into(tmp_path / "copies" / "one")

    assert list((tmp_path / "copies").iterdir()) == []


def test_a_rebuild_that_is_under_way_is_not_copied(
    province: Stores, empty: Stores, taking: Taking, tmp_path: Path
) -> None:
    Service(province).act()
    beside = RowsBeside(province.collection("content", "things"))
    beside.begin("run")
    beside.apply([Put("a row", {"known": True}, 1)])
    province.collection("content", "rebuilding").insert_one({"_id": "rows by some code", "position": 1})
    made = taking.into(tmp_path / "copy")

    restore(Archive(tmp_path / "copy"), empty, tmp_path / "new", silent)

    assert {part.collection for part in made.parts if part.database == "content"} == {"people", "positions", "things"}
    brought = set(empty.client[f"{empty.prefix}_content"].list_collection_names())
    assert brought == {"people", "positions", "things"}


def test_a_position_that_was_handled_without_an_event_comes_back_too(
    province: Stores, empty: Stores, taking: Taking, tmp_path: Path
) -> None:
    Service(province).act()
    handled = {"_id": {"a": "board", "n": 7}, "k": {"a": "board", "n": 7, "p": None}}
    province.collection("content_log", EVENTS).insert_one(handled)
    taking.into(tmp_path / "copy")

    restore(Archive(tmp_path / "copy"), empty, tmp_path / "new", silent)

    assert empty.collection("content_log", EVENTS).find_one({"_id": handled["_id"]}) == handled
