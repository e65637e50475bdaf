"""A day in the newsroom: its pages over real stores, with the demo board's people; one site for all tests of a module."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import Response
from pymongo import MongoClient
from pymongo.database import Database

from infra.event_store import EVENTS, LogReader, create_log
from infra.local.mongod import Mongod
from infra.local.secret_store import DEMO_LOGINS
from infra.messaging.envelope import Envelope
from infra.read_store.positions import Positions
from infra.read_store.projector import Projector
from infra.web.app import staff_site
from infra.web.house import House
from services.board.bootstrap import Desk as BoardDesk
from services.board.bootstrap import desk_over as board_over
from services.board.bootstrap import projector_over as board_projector_over
from services.board.demo import DemoProvince
from services.board.messages import PersonName
from services.board.ui.app import part as board_part
from services.content.bootstrap import Desk, desk_over, projector_over
from services.content.reactions import BoardReactions
from services.content.ui.app import part
from tests.builders.board_in_memory import CHEAP, PROFILE
from tests.builders.newsroom.reader import Reader
from tests.builders.newsroom.serving import served
from tests.builders.staff import ATTESTED, ITEM, done

Store = Database[dict[str, Any]]

MORNING = datetime(2026, 11, 21, 2, tzinfo=UTC)
PASSWORDS = {login: f"Demo.{number}xYz.{number}!0000" for number, login in enumerate(DEMO_LOGINS)}
PROFILE_DIR = Path("profiles/binh-phuoc")
SOURCE = "Cổng TTĐT tỉnh Bình Phước"


class Plain:
    """Previews without the press: the title is enough to know the page again."""

    def page(self, language: str, article: UUID, record: Mapping[str, Any], at: datetime) -> bytes:
        return f"{article} {language} {at} {record['texts'].get(language)}".encode()

    def asset(self, address: str) -> tuple[bytes, str] | None:
        return None if address else (b"", "text/plain")


class Following(Positions):
    """Projects when somebody waits for it, so that no test needs another thread."""

    def __init__(self, store: Store, projector: Projector) -> None:
        super().__init__(store)
        self._projector = projector

    def wait(self, name: str, position: int, timeout_s: float) -> bool:
        while self._projector.step():
            pass
        return super().wait(name, position, timeout_s)


class Member(Reader):
    """Somebody of the newsroom at a browser of their own."""

    def __init__(self, address: str, login: str) -> None:
        super().__init__(address)
        page = self.get("/sign-in")
        done(self.send(self.form(page, "/sign-in"), {"login": login, "password": PASSWORDS[login]}))

    def look(self, address: str) -> str:
        """Return the main part of a page that is there."""
        answer = self.get(f"/content{address}")
        assert answer.status_code == 200, (address, answer.status_code, answer.text[-2000:])
        return answer.text.partition("<main")[2]

    def fill(self, address: str, **values: Any) -> Response:
        """Open a page, fill in its form and send it."""
        address = f"/content{address}"
        return self.send(self.form(self.get(address), address), values)

    def write(self, title: str, body: str = "<p>Nội dung.</p>", **values: Any) -> str:
        """Begin an item that lacks nothing; returns its path."""
        given = {"title_vi": title, "body_vi": body, "kind": "news", "section": "tin-tuc"}
        answer = done(self.fill("/articles/new", **{**given, "author": "Minh Anh", "source": SOURCE, **values}))
        found = ITEM.search(answer.headers["location"])
        assert found
        return f"/articles/{found.group(1)}"

    def act(self, item: str, name: str, **values: Any) -> Response:
        """Order an act that must be carried out."""
        return done(self.fill(f"{item}/{name}", **values))

    def sent(self, title: str, **values: Any) -> str:
        """Write an item and send it to the secretary."""
        item = self.write(title, **values)
        self.act(item, "send", **ATTESTED)
        return item


@dataclass
class Newsroom:
    """The site, its clock, and everybody who has signed in."""

    address: str
    desk: Desk
    now: datetime = MORNING
    members: dict[str, Member] = field(default_factory=dict)

    def member(self, login: str) -> Member:
        if login not in self.members:
            self.members[login] = Member(self.address, login)
        return self.members[login]

    @contextmanager
    def on(self, day: datetime, login: str) -> Iterator[Member]:
        """Let somebody sign in on another day."""
        before, self.now = self.now, day
        try:
            member = Member(self.address, login)
            yield member
            member.client.close()
        finally:
            self.now = before


@pytest.fixture(scope="module")
def newsroom(mongod: Mongod) -> Iterator[Newsroom]:
    prefix = f"content_web_{secrets.token_hex(4)}"
    with MongoClient[dict[str, Any]](mongod.url, tz_aware=True, uuidRepresentation="standard") as admin:
        board = founded(admin[f"{prefix}_board_log"], admin[f"{prefix}_board"])
        room = Newsroom("", desk_beside(admin[f"{prefix}_board_log"], board, admin[f"{prefix}_log"], admin[prefix]))

        def site(address: str) -> FastAPI:
            house = House(session_key="a key for tests", staff_url=address, clock=lambda: room.now)
            return staff_site({"/board": board_part(board), "/content": part(room.desk, Plain())}, house)

        with served(site) as room.address:
            yield room
            for member in room.members.values():
                member.client.close()
        for name in admin.list_database_names():
            if name.startswith(prefix):
                admin.drop_database(name)


def founded(log: Store, store: Store) -> BoardDesk:
    """Tell the demo board's story."""
    create_log(log)
    board = board_over(log, store, PROFILE, CHEAP)
    DemoProvince(board.commands, PASSWORDS).load()
    projector = board_projector_over(log, store)
    while projector.step():
        pass
    return board


def desk_beside(board_log: Store, board: BoardDesk, log: Store, store: Store) -> Desk:
    """Build content's desk, which has heard everything that the board said."""
    create_log(log)
    built = desk_over(log, store, PROFILE_DIR)

    def names_of(accounts: Sequence[UUID]) -> Sequence[PersonName]:
        return [PersonName(person.account, person.name) for person in board.queries.people_of(accounts)]

    entries = LogReader(board_log[EVENTS]).page(0, 1_000)
    said = [Envelope.from_entry("board", entry) for entry in entries]
    BoardReactions(built.authority, built.people, names_of).react(said)
    return replace(built, positions=Following(store, projector_over(log, store)))


@pytest.fixture
def editor(newsroom: Newsroom) -> Member:
    return newsroom.member("editor1")


@pytest.fixture
def secretary(newsroom: Newsroom) -> Member:
    return newsroom.member("secretary")


@pytest.fixture
def deputy(newsroom: Newsroom) -> Member:
    return newsroom.member("standing-deputy")


@pytest.fixture
def head(newsroom: Newsroom) -> Member:
    return newsroom.member("head")
