"""The log's key changes while others append: every checkpoint is signed by the key valid at its size, and nothing is lost."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

import pytest

from services.audit.log.appender import Appender
from services.audit.log.checkpoint import Unproven
from services.audit.log.entries import EntryLog
from services.audit.log.key import KeptSigner, change_key, signer, verifier
from services.audit.log.leaf import Leaf, leaf_of
from services.audit.log.verification import Answer
from services.audit.log.witness import Witness
from services.audit.rotate_key import Unsettled, settled_size
from tests.integration.audit.conftest import Client, Entries
from tests.integration.audit.own_province import Province

pytestmark = pytest.mark.servers

NAME = "portal.example/audit"
EACH = 25


def a_leaf(service: str, position: int) -> Leaf:
    return leaf_of(service, position, f"{service}.matter.begun", UUID(int=position), 1, f"{position}".encode())


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def notes(entries: Entries) -> list[str]:
    return [found["checkpoint"] for found in entries.find({"checkpoint": {"$exists": True}}).sort("_id", 1)]


def test_the_changeover_is_signed_by_both_keys_and_the_rest_by_the_new_one(
    appender: Appender, entries: Entries, signs: KeptSigner, tmp_path: Path
) -> None:
    appender.append([a_leaf("content", 1)])
    change_key(NAME, tmp_path / "secrets", lambda: settled_size(entries))
    for position in (2, 3):
        appender.append([a_leaf("content", position)])

    keys = signs.verifier.now()
    first, both, last = notes(entries)
    assert [keys.checkpoint(note).size for note in (first, both, last)] == [1, 2, 3]
    assert keys.first.checkpoint(both) == keys.current.checkpoint(both)
    with pytest.raises(Unproven):
        keys.first.checkpoint(last)


def test_writers_that_append_while_the_key_changes_again_and_again_lose_nothing(
    entries: Entries, log: EntryLog, tmp_path: Path
) -> None:
    secrets = tmp_path / "secrets"

    def write(service: str) -> None:
        witness = Witness(tmp_path / service / "checkpoint", verifier(NAME, secrets))
        writer = Appender(entries, signer(NAME, secrets), witness)
        for position in range(1, EACH + 1):
            writer.append([a_leaf(service, position)])

    def change() -> None:
        for _ in range(5):
            change_key(NAME, secrets, lambda: settled_size(entries))

    with ThreadPoolExecutor() as pool:
        for done in [*(pool.submit(write, service) for service in ("board", "content", "audit")), pool.submit(change)]:
            done.result()

    keys = verifier(NAME, secrets).now()
    signed = [keys.checkpoint(note) for note in notes(entries)]
    assert [entry.index for entry in log.each()] == list(range(3 * EACH))
    assert all(checkpoint.root == log.root(checkpoint.size) for checkpoint in signed)
    assert len(keys.changes) == 5


def test_verification_accepts_each_key_for_its_time_and_refuses_what_an_ended_key_signs(province: Province) -> None:
    province.write("content", "one", "two")
    province.audit()
    old = province.signs.verifier.now().current
    change_key(NAME, province.signs._secrets, province.entries().estimated_document_count)
    province.write("content", "three")
    province.audit()
    assert province.verify().answer is Answer.INTACT

    last = province.entries().find_one(sort=[("_id", -1)])
    text, _, lines = last["checkpoint"].partition("\n\n")
    by_the_old_key = next(line for line in lines.splitlines() if old.checkpoint(f"{text}\n\n{line}\n"))
    province.entries().update_one({"_id": last["_id"]}, {"$set": {"checkpoint": f"{text}\n\n{by_the_old_key}\n"}})

    assert province.verify().answer is Answer.TAMPERED


def test_the_key_of_a_log_without_entries_can_be_changed(entries: Entries, tmp_path: Path) -> None:
    assert change_key(NAME, tmp_path / "secrets", lambda: settled_size(entries)).after == 0


def test_the_key_does_not_change_over_entries_that_are_not_signed_and_nothing_else_does(
    appender: Appender, entries: Entries, mongo_admin: Client, tmp_path: Path
) -> None:
    appender.append([a_leaf("content", position) for position in (1, 2, 3)])
    mongo_admin[entries.database.name].entries.delete_one({"_id": 2})
    before = files(tmp_path / "secrets")

    with pytest.raises(Unsettled, match="2 entries, of which 0 are signed"):
        change_key(NAME, tmp_path / "secrets", lambda: settled_size(entries))

    assert files(tmp_path / "secrets") == before
