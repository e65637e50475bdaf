"""The demo board on a real store, served as staff see it, with readers who sign in to it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import Response
from pymongo.database import Database

from infra.event_store import EVENTS, LogReader, create_log
from infra.local.secret_store import DEMO_LOGINS
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


@pytest.fixture
def office(log_database: Store, store_database: Store) -> Iterator[Office]:
    create_log(log_database)
    desk, clock = desk_over(log_database, store_database, PROFILE, CHEAP), Clock()
    DemoProvince(desk.commands, PASSWORDS).load()

    def site(address: str) -> FastAPI:
        return staff_site({"/board": part(desk)}, House(session_key="a key for tests", staff_url=address, clock=clock))

    with following(projector_over(log_database, store_database)), served(site) as address:
        yield Office(address, desk, clock, LogReader(log_database[EVENTS]))


@contextmanager
def following(projector: Projector) -> Iterator[None]:
    """Let a projector catch up, then follow the log in a thread."""
    while projector.step():
        pass
    stop = Event()
    thread = Thread(target=projector.run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=10)


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
