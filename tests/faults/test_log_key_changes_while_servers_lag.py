"""The log's key changes while an append that its process gave up is on the primary alone: it is waited for, or nothing changes."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pymongo import MongoClient
from pymongo.collection import Collection
from pymongo.errors import NetworkTimeout

from infra.event_store import connect
from infra.local.provision import MongoProvision
from services.audit.log.appender import Appender
from services.audit.log.entries import ENTRIES, EntryLog
from services.audit.log.key import change_key, signer, verifier
from services.audit.log.leaf import Leaf, leaf_of
from services.audit.log.witness import Witness
from services.audit.rotate_key import Unsettled, settled_size
from tests.builders.three_mongods import ReplicaSet
from tests.builders.waiting import until

pytestmark = [pytest.mark.servers, pytest.mark.faults]

Entries = Collection[dict[str, Any]]
NAME = "portal.example/audit"
IMPATIENT_MS = 500


@pytest.fixture
def url(servers: ReplicaSet) -> str:
    return MongoProvision(servers.url, "province").service("audit", "password")


@pytest.fixture
def entries(url: str) -> Iterator[Entries]:
    with connect(url) as client:
        yield client["province_audit_log"][ENTRIES]


@pytest.fixture
def impatient(url: str) -> Iterator[Entries]:
    """The same log, for a process that gives up soon."""
    as_everybody: Any = {"uuidRepresentation": "standard", "w": "majority", "readConcernLevel": "majority"}
    with MongoClient[dict[str, Any]](url, socketTimeoutMS=IMPATIENT_MS, **as_everybody) as client:
        yield client["province_audit_log"][ENTRIES]


def leaves(*positions: int) -> list[Leaf]:
    return [leaf_of("content", n, "content.matter.begun", UUID(int=n), 1, f"{n}".encode()) for n in positions]


def an_appender(entries: Entries, folder: Path) -> Appender:
    return Appender(
        entries, signer(NAME, folder / "secrets"), Witness(folder / "checkpoint", verifier(NAME, folder / "secrets"))
    )


def every_note_is_of_the_key_for_its_size(entries: Entries, folder: Path) -> bool:
    keys, sealed = verifier(NAME, folder / "secrets").now(), {"checkpoint": {"$exists": True}}
    return all(keys.checkpoint(each["checkpoint"]).size == each["_id"] + 1 for each in entries.find(sealed))


def give_up_an_append(servers: ReplicaSet, impatient: Entries, folder: Path) -> None:
    """Append two entries durably, and two more that reach the primary only."""
    appender = an_appender(impatient, folder)
    appender.append(leaves(1, 2))
    servers.hold_replication()
    with pytest.raises(NetworkTimeout):
        appender.append(leaves(3, 4))


def test_the_key_does_not_change_before_an_append_that_was_given_up_is_durable(
    servers: ReplicaSet, entries: Entries, impatient: Entries, tmp_path: Path
) -> None:
    give_up_an_append(servers, impatient, tmp_path)
    secrets = tmp_path / "secrets"
    before = {path.name: path.read_bytes() for path in secrets.iterdir()}
    assert EntryLog(entries).size() == 2

    with pytest.raises(Unsettled, match="a majority of the servers does not have the log's end"):
        change_key(NAME, secrets, lambda: settled_size(entries, IMPATIENT_MS))
    assert {path.name: path.read_bytes() for path in secrets.iterdir()} == before

    servers.release_replication()
    until(lambda: EntryLog(entries).size() == 4)
    an_appender(entries, tmp_path).append(leaves(5))
    assert every_note_is_of_the_key_for_its_size(entries, tmp_path)


def test_the_key_changes_after_an_append_that_was_given_up_and_becomes_durable_meanwhile(
    servers: ReplicaSet, entries: Entries, impatient: Entries, tmp_path: Path
) -> None:
    give_up_an_append(servers, impatient, tmp_path)

    with ThreadPoolExecutor() as pool:
        changing = pool.submit(change_key, NAME, tmp_path / "secrets", lambda: settled_size(entries))
        servers.release_replication()
    assert changing.result().after == 4

    an_appender(entries, tmp_path).append(leaves(5))
    assert every_note_is_of_the_key_for_its_size(entries, tmp_path)
