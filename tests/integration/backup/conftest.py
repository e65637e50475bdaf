"""A small province that goes on writing, the eyes of whoever takes its backup, and an empty one to restore into."""

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from infra.backup.manifest import MANIFEST, Manifest
from infra.backup.stores import Stores
from infra.backup.taking import Taking
from infra.local.mongod import Mongod
from infra.local.places import Places
from infra.local.provision import MongoProvision
from tests.integration.backup.portal_here import PORTAL, STAYS, Said, lay

SERVICES = ("board", "content", "audit")


@pytest.fixture
def province(mongo_admin: MongoClient[dict[str, Any]], mongod: Mongod) -> Iterator[Stores]:
    """Every service's log and store, seen with the rights of an administrator."""
    yield from _province(mongo_admin, mongod)


@pytest.fixture
def empty(mongo_admin: MongoClient[dict[str, Any]], mongod: Mongod) -> Iterator[Stores]:
    """Another one, in which nothing was ever written."""
    yield from _province(mongo_admin, mongod)


@pytest.fixture
def seen(province: Stores, mongod: Mongod) -> Iterator[Stores]:
    """The province as the backup's own user sees it."""
    url = MongoProvision(mongod.url, province.prefix).backup(SERVICES, "secret")
    with MongoClient[dict[str, Any]](
        url, tz_aware=True, uuidRepresentation="standard", readConcernLevel="majority"
    ) as client:
        yield Stores(client, province.prefix, SERVICES)


@pytest.fixture
def taking(seen: Stores, tmp_path: Path) -> Taking:
    """A backup that can be taken, of this province and of keys in a folder of its own."""
    var = tmp_path / "var"
    for name, content in (
        ("secrets/audit-log.key", "key"),
        ("secrets/audit-log.pub", "public key"),
        ("secrets/audit-log.lock", "no"),
        ("secrets/audit-log.next.key.17.partial", "no"),
        ("secrets/mongo-board", "no"),
        ("audit/checkpoint", "note"),
        ("audit/checkpoint.lock", "no"),
        ("audit/monitor.key", "seal"),
        ("audit/packs/pack.zip", "no"),
    ):
        (var / name).parent.mkdir(parents=True, exist_ok=True)
        (var / name).write_text(content, encoding="utf-8")
    return Taking(seen, var, "test", "http://portal.example", lambda _line: None)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    places = Places(tmp_path / "here")
    lay(places.var, PORTAL | STAYS)
    return places


@pytest.fixture
def said() -> Said:
    return Said()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A backup with nothing in it."""
    (tmp_path / "copy").mkdir()
    made = Manifest("binh-phuoc", "2026-11-21", "2026-11-21", "http://portal", {}, 0, ())
    (tmp_path / "copy" / MANIFEST).write_text(made.to_json(), encoding="utf-8")
    return tmp_path / "copy"


def _province(client: MongoClient[dict[str, Any]], mongod: Mongod) -> Iterator[Stores]:
    prefix = f"test_{secrets.token_hex(4)}"
    provision = MongoProvision(mongod.url, prefix)
    for service in SERVICES:
        provision.log(service)
    yield Stores(client, prefix, SERVICES)
    for name in client.list_database_names():
        if name.startswith(f"{prefix}_"):
            client.drop_database(name)
