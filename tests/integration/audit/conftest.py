"""The audit log on a real MongoDB, written by a user who may only find and insert."""

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.collection import Collection

from infra.event_store.connection import connect
from infra.local.mongod import Mongod
from infra.local.provision import MongoProvision
from services.audit.log.appender import Appender
from services.audit.log.checkpoint import Signer
from services.audit.log.entries import ENTRIES, EntryLog
from services.audit.log.journal import Journal
from services.audit.log.key import signer
from services.audit.log.verification import Answer
from services.audit.log.witness import Witness
from services.audit.log.witnesses import JOURNAL, Witnesses, far_journals
from tests.builders.waiting import until
from tests.integration.audit.own_province import Province
from tests.integration.audit.watched import A_MINUTE, Watched

Client = MongoClient[dict[str, Any]]
Entries = Collection[dict[str, Any]]


@pytest.fixture
def prefix(mongo_admin: Client) -> Iterator[str]:
    """The prefix of a province's databases that nobody has used."""
    name = f"audit_test_{secrets.token_hex(4)}"
    yield name
    for database in mongo_admin.list_database_names():
        if database.startswith(name):
            mongo_admin.drop_database(database)


@pytest.fixture
def audit_client(mongod: Mongod, prefix: str) -> Iterator[Client]:
    """MongoDB with the rights of the audit service."""
    with connect(MongoProvision(mongod.url, prefix).service("audit", "password")) as client:
        yield client


@pytest.fixture
def entries(audit_client: Client, prefix: str) -> Entries:
    """The collection of entries, as the service may use it."""
    return audit_client[f"{prefix}_audit_log"][ENTRIES]


@pytest.fixture
def signs(tmp_path: Path) -> Signer:
    """The log's own key."""
    return signer("portal.example/audit", tmp_path / "secrets")


@pytest.fixture
def log(entries: Entries) -> EntryLog:
    """The log to read."""
    return EntryLog(entries)


@pytest.fixture
def witness(tmp_path: Path, signs: Signer) -> Witness:
    """What remembers the last checkpoint outside the database."""
    return Witness(tmp_path / "audit" / "checkpoint", signs.verifier)


@pytest.fixture
def appender(entries: Entries, signs: Signer, witness: Witness) -> Appender:
    """The log to write."""
    return Appender(entries, signs, witness)


@pytest.fixture
def witnesses(tmp_path: Path, witness: Witness) -> Witnesses:
    """All that remembers checkpoints outside the database: the witness file, the journal beside it, a folder elsewhere."""
    journal = Journal(tmp_path / "audit" / "checkpoints", JOURNAL)
    return Witnesses(witness, journal, far_journals(str(tmp_path / "elsewhere"), "portal.example/audit"))


@pytest.fixture
def province(
    mongo_admin: Client, mongod: Mongod, prefix: str, appender: Appender, signs: Signer, witnesses: Witnesses
) -> Iterator[Province]:
    """Services with logs of their own, and whoever verifies them."""
    url = MongoProvision(mongod.url, prefix).verifier(["board", "content", "audit"], "password")
    province = Province(mongo_admin, prefix, url, appender, signs, witnesses)
    yield province
    province.close()


@pytest.fixture
def watched(province: Province, mongod: Mongod, prefix: str, tmp_path: Path) -> Iterator[Watched]:
    """Eleven events in seven commits of two services, all of them in the audit log, watched and found intact."""
    province.services = ("board", "content", "audit")
    province.create("audit")
    province.write("board", "founded")  # board/1, entry 0
    province.write("content", "drafted", "sent")  # content/1-2, entries 1-2
    province.write("content", "drafted", "sent", "cleared")  # content/3-5, entries 3-5
    province.audit()
    province.write("board", "appointed")  # board/2, entry 6
    province.write("content", "published")  # content/6, entry 7
    province.write("content", "drafted", "sent")  # content/7-8, entries 8-9
    province.write("content", "withdrawn")  # content/9, entry 10
    province.audit()  # checkpoints of 1, 6, 7 and 11 entries
    (tmp_path / "elsewhere").mkdir()
    url = MongoProvision(mongod.url, prefix).monitor(province.services, "password")
    watched = Watched(province, url, tmp_path)
    try:
        watched.begin()
        until(lambda: watched.says(Answer.INTACT), A_MINUTE)
        until(lambda: {place.size for place in watched.standing.witnesses} == {11}, A_MINUTE)
        yield watched
    finally:
        watched.end()
