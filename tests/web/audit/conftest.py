"""The audit service's pages as inspectors see them, over real stores, with everything arriving as it happens."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from pymongo import MongoClient

from tests.builders.audit_office import PASSWORDS, AuditOffice, audit_office
from tests.builders.newsroom.reader import Reader
from tests.builders.newsroom.serving import served

MORNING = datetime(2026, 11, 21, 2, tzinfo=UTC)
_LISTEN_EVERY_S = 0.05


@dataclass
class Office:
    """The site with all that tests look into."""

    address: str
    audit: AuditOffice


@pytest.fixture
def office(mongo_admin: MongoClient[dict[str, Any]], tmp_path: Path) -> Iterator[Office]:
    prefix = f"audit_web_{secrets.token_hex(4)}"
    audit = audit_office(mongo_admin, prefix, tmp_path, lambda: MORNING)
    with listening(audit), served(audit.site) as address:
        yield Office(address, audit)
    for name in mongo_admin.list_database_names():
        if name.startswith(prefix):
            mongo_admin.drop_database(name)


@contextmanager
def listening(audit: AuditOffice) -> Iterator[None]:
    """Let what happens arrive, as the bus would."""
    stop = Event()

    def listen() -> None:
        while not stop.wait(_LISTEN_EVERY_S):
            audit.hear()

    thread = Thread(target=listen)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=10)


SignIn = Callable[[str], Reader]


@pytest.fixture
def signed_in(office: Office) -> Iterator[SignIn]:
    """Makes readers, each at a browser of its own, signed in with the demo password."""
    readers: list[Reader] = []

    def sign_in(login: str) -> Reader:
        reader = Reader(office.address)
        readers.append(reader)
        page = reader.get("/sign-in")
        answer = reader.send(reader.form(page, "/sign-in"), {"login": login, "password": PASSWORDS[login]})
        assert answer.status_code == 303
        office.audit.hear()
        return reader

    yield sign_in
    for each in readers:
        each.client.close()


@pytest.fixture
def reviewer(signed_in: SignIn) -> Reader:
    """Whoever is charged with inspecting, signed in."""
    return signed_in("reviewer")
