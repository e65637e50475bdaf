"""The audit service's pages as inspectors see them, over real stores, with everything arriving as it happens.

One office serves all tests of a module: founding the demo board takes seconds. Tests put back what they tamper with.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Event, Thread
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.collection import Collection

from infra.event_store import EVENTS
from infra.local.mongod import Mongod
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
    readers: dict[str, Reader] = field(default_factory=dict)

    @property
    def own_events(self) -> Collection[dict[str, Any]]:
        """What the audit service itself has recorded."""
        return self.audit.logs["audit"][EVENTS]

    def signed_in(self, login: str) -> Reader:
        """Return somebody at a browser of their own, signed in with the demo password."""
        if login not in self.readers:
            reader = self.readers[login] = Reader(self.address)
            page = reader.get("/sign-in")
            answer = reader.send(reader.form(page, "/sign-in"), {"login": login, "password": PASSWORDS[login]})
            assert answer.status_code == 303
        return self.readers[login]

    @contextmanager
    def tampering(self) -> Iterator[Collection[dict[str, Any]]]:
        """Let somebody with all rights at content's log, and put back everything afterwards."""
        events = self.audit.logs["content"][EVENTS]
        before = list(events.find())
        yield events
        events.delete_many({})
        events.insert_many(before)


@pytest.fixture(scope="module")
def office(mongod: Mongod, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    prefix = f"audit_web_{secrets.token_hex(4)}"
    with MongoClient[dict[str, Any]](mongod.url, tz_aware=True, uuidRepresentation="standard") as admin:
        audit = audit_office(admin, prefix, tmp_path_factory.mktemp("audit"), lambda: MORNING)
        with listening(audit), served(audit.site) as address:
            office = Office(address, audit)
            yield office
            for reader in office.readers.values():
                reader.client.close()
        for name in admin.list_database_names():
            if name.startswith(prefix):
                admin.drop_database(name)


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


@pytest.fixture
def reviewer(office: Office) -> Iterator[Reader]:
    """Whoever is charged with inspecting, signed in, reading Vietnamese."""
    reader = office.signed_in("reviewer")
    yield reader
    reader.get("/audit/acts?lang=vi")
