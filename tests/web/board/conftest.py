"""The demo board on a real store, served as staff see it, with readers who sign in to it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import Response
from pymongo import MongoClient
from pymongo.database import Database

from infra.event_store import EVENTS, LogReader, create_log
from infra.local.mongod import Mongod
from infra.local.secret_store import DEMO_LOGINS
from infra.read_store.positions import Positions
from infra.read_store.projector import Projector
from infra.web.app import staff_site
from infra.web.house import House
from services.board.bootstrap import Desk, desk_over, projector_over
from services.board.demo import DemoProvince
from services.board.ui.app import part
from tests.builders.board_in_memory import CHEAP, PROFILE
from tests.builders.newsroom.reader import Reader
from tests.builders.newsroom.serving import served

Store = Database[dict[str, Any]]

PASSWORDS = {login: f"Demo.{number}xYz.{number}!0000" for number, login in enumerate(DEMO_LOGINS)}
MORNING = datetime(2026, 11, 21, 2, tzinfo=UTC)


@dataclass
class Clock:
    now: datetime = MORNING

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, time: timedelta) -> None:
        self.now += time


@dataclass
class Office:
    """The site with all that tests look into."""

    address: str
    desk: Desk
    clock: Clock
    log: LogReader

    def topics(self, after: int = 0) -> list[str]:
        return [entry.topic for entry in self.log.page(after)]


class Following(Positions):
    """Projects when somebody waits for it, so that no test needs another thread."""

    def __init__(self, store: Store, projector: Projector) -> None:
        super().__init__(store)
        self._projector = projector

    def wait(self, name: str, position: int, timeout_s: float) -> bool:
        while self._projector.step():
            pass
        return super().wait(name, position, timeout_s)


@pytest.fixture(scope="session")
def told(mongod: Mongod) -> Iterator[tuple[Store, Store]]:
    """The demo province's board, told once and then copied for each test."""
    with MongoClient[dict[str, Any]](mongod.url, tz_aware=True, uuidRepresentation="standard") as client:
        log, store = client["told_board_log"], client["told_board"]
        create_log(log)
        DemoProvince(desk_over(log, store, PROFILE, CHEAP).commands, PASSWORDS).load()
        projector = projector_over(log, store)
        while projector.step():
            pass
        yield log, store
        for database in (log, store):
            client.drop_database(database.name)


@pytest.fixture
def office(told: tuple[Store, Store], log_database: Store, store_database: Store) -> Iterator[Office]:
    create_log(log_database)
    for source, copy in zip(told, (log_database, store_database), strict=True):
        for name in source.list_collection_names():
            if documents := list(source[name].find()):
                copy[name].insert_many(documents)
    following = Following(store_database, projector_over(log_database, store_database))
    desk, clock = replace(desk_over(log_database, store_database, PROFILE, CHEAP), positions=following), Clock()

    def site(address: str) -> FastAPI:
        return staff_site({"/board": part(desk)}, House(session_key="a key for tests", staff_url=address, clock=clock))

    with served(site) as address:
        yield Office(address, desk, clock, LogReader(log_database[EVENTS]))


@pytest.fixture
def reader(office: Office) -> Iterator[Reader]:
    """Somebody at a browser, not signed in."""
    somebody = Reader(office.address)
    yield somebody
    somebody.client.close()


SignIn = Callable[[str], Reader]


@pytest.fixture
def signed_in(office: Office) -> Iterator[SignIn]:
    """Makes readers, each at a browser of its own, signed in with the demo password."""
    readers: list[Reader] = []

    def sign_in(login: str) -> Reader:
        readers.append(Reader(office.address))
        assert knock(readers[-1], login, PASSWORDS[login]).status_code == 303
        return readers[-1]

    yield sign_in
    for each in readers:
        each.client.close()


def knock(reader: Reader, login: str, password: str, next_address: str = "") -> Response:
    """Fill in the sign-in page and send it."""
    page = reader.get(f"/sign-in?next={next_address}")
    return reader.send(reader.form(page, "/sign-in"), {"login": login, "password": password})
