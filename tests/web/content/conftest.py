"""Content's staff pages over a real store, with one item on its way: Lan is of the content team, Hùng of the technical team."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from pymongo import MongoClient
from pymongo.database import Database

from infra.event_store import create_log
from infra.kernel.act import Act
from infra.kernel.ids import natural_id
from infra.kernel.offices import CONTENT_TEAM, TECHNICAL_TEAM
from infra.local.mongod import Mongod
from infra.settings import ServiceSettings
from infra.web.app import staff_site
from infra.web.form_memory import FormMemory
from infra.web.house import House
from infra.web.parts import Part
from services.content.bootstrap import Desk, desk
from services.content.ui import app
from services.content.ui.acts import ActPages
from services.content.ui.articles import ArticlePages
from services.content.ui.files import FilePages
from services.content.ui.previews import PreviewPages, named_preview
from services.content.ui.submissions import SubmissionPages
from tests.builders.content import a_content
from tests.builders.newsroom.identities import HUNG, LAN, START, Identities, SetClock
from tests.builders.newsroom.part import Notes, newsroom
from tests.builders.newsroom.reader import FoundForm, Reader
from tests.builders.newsroom.serving import served

PARTS = {LAN: CONTENT_TEAM, HUNG: TECHNICAL_TEAM}


@dataclass(frozen=True)
class Office:
    """The site, what its pages use, and the item."""

    address: str
    desk: Desk
    item: UUID

    def refused(self) -> list[str]:
        """Return the commands of the attempts that were recorded."""
        entries = self.desk.reader.page(0)
        return [entry.topic for entry in entries if entry.topic == "content.attempt.refused"]


@pytest.fixture
def office(
    mongod: Mongod,
    mongo_admin: MongoClient[dict[str, Any]],
    store_database: Database[dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Office]:
    for name, value in {"CONTENT_MONGO_URL": mongod.url, "CONTENT_AMQP_URL": "amqp://", "SESSION_KEY": "a key"}.items():
        monkeypatch.setenv(name, value)
    settings = ServiceSettings.load("content")
    create_log(mongo_admin[settings.log_database])
    built = desk(settings)
    item = _begun(built)

    def site(address: str) -> FastAPI:
        house = House(session_key="a key for tests", staff_url=address, clock=SetClock())
        door = newsroom(store_database, Notes(), Identities(), SetClock())
        return staff_site({"/content": _part(built), "/newsroom": door}, house)

    with served(site) as address:
        yield Office(address, built, item)
    built.store.client.close()
    for name in (settings.log_database, settings.store_database):
        mongo_admin.drop_database(name)


def _part(built: Desk) -> Part:
    """Bring those pages together that show what is not public."""
    articles = ArticlePages(built)
    for pages in (SubmissionPages(built), ActPages(built), PreviewPages(built, named_preview())):
        articles.router.include_router(pages.router)
    home, memory = Path(app.__file__).parent, FormMemory(built.store)
    return Part("content", home, articles.router, built.authority, memory, root=FilePages(built).root)


def _begun(built: Desk) -> UUID:
    """Let the two people in, and Lan begin an item."""
    for position, (account, capacity) in enumerate(PARTS.items(), start=1):
        since = "2020-01-01T00:00:00+00:00"
        holding = {"kind": "holding", "account": str(account), "capacity": capacity, "since": since, "until": None}
        standing = {"active": True, "locked_until": None, "must_change_password": False, "sessions_valid_from": since}
        rows = ((f"place/{account}", holding), (f"account/{account}", {"kind": "account", **standing}))
        built.authority.apply(rows, position)
    item = natural_id("content.article", "a draft")
    built.application.write(item, a_content(), act=Act(LAN, CONTENT_TEAM, START, natural_id("request", "begin")))
    return item


Enter = Callable[[str], Reader]


@pytest.fixture
def signed_in(office: Office) -> Iterator[Enter]:
    """Makes readers, each at a browser of its own."""
    readers: list[Reader] = []

    def enter(login: str) -> Reader:
        readers.append(Reader(office.address))
        assert readers[-1].sign_in(login).status_code == 303
        return readers[-1]

    yield enter
    for each in readers:
        each.client.close()


def posted(reader: Reader, address: str, **fields: str) -> FoundForm:
    """Return a form that was never shown to the reader, as a program would make it up."""
    token = reader.form(reader.get("/newsroom/notes/new")).value("csrf_token")
    return FoundForm(address, [("csrf_token", token), *fields.items()])
