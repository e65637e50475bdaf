"""A newsroom on a real store, and readers who sign in to it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext
from playwright.sync_api import Page as Tab
from pymongo.database import Database
from structlog.testing import capture_logs

from infra.web.app import staff_site
from infra.web.form_memory import FormMemory
from infra.web.house import House
from tests.builders.newsroom.identities import SetClock
from tests.builders.newsroom.part import annex_pages, newsroom
from tests.builders.newsroom.reader import Reader
from tests.builders.newsroom.serving import served
from tests.web.foundation.failing import FailingIdentities, FailingMemory, FailingNotes
from tests.web.foundation.writing import sign_in


@dataclass
class ReadModel:
    """Says whether it has caught up, or that its store is away, and remembers what it was asked for."""

    in_time: bool = True
    away: Exception | None = None
    waited_for: list[int] = field(default_factory=list)

    def caught_up(self, position: int) -> bool:
        if self.away is not None:
            raise self.away
        self.waited_for.append(position)
        return self.in_time


@dataclass
class Newsroom:
    """The site with all that tests look into."""

    address: str
    notes: FailingNotes
    identities: FailingIdentities
    clock: SetClock
    reading: ReadModel
    memory: FailingMemory


@pytest.fixture
def room(store_database: Database[dict[str, Any]]) -> Iterator[Newsroom]:
    notes, identities, clock = FailingNotes(), FailingIdentities(), SetClock()
    reading, memory = ReadModel(), FailingMemory(store_database)
    part = newsroom(store_database, notes, identities, clock)
    part = replace(part, caught_up=reading.caught_up, memory=memory)
    annex = replace(part, name="annex", navigation=(), root=annex_pages(), memory=FormMemory(store_database))

    def site(address: str) -> FastAPI:
        house = House(session_key="a key for tests", staff_url=address, clock=clock, upload_bytes_most=100_000)
        return staff_site({"/newsroom": part, "/annex": annex}, house)

    # Traces of faults are not written: unconfigured logs would take seconds to draw each with all its variables.
    with capture_logs(), served(site) as address:
        yield Newsroom(address, notes, identities, clock, reading, memory)


@pytest.fixture
def at_browser(room: Newsroom) -> Iterator[Callable[[], Reader]]:
    """Makes readers, each at a browser of its own, not signed in."""
    readers: list[Reader] = []

    def reader() -> Reader:
        readers.append(Reader(room.address))
        return readers[-1]

    yield reader
    for each in readers:
        each.client.close()


@pytest.fixture
def lan(at_browser: Callable[[], Reader]) -> Reader:
    """Lan of the content team, signed in."""
    reader = at_browser()
    assert reader.sign_in("lan").status_code == 303
    return reader


@pytest.fixture
def hung(at_browser: Callable[[], Reader]) -> Reader:
    """Hùng, the secretary, signed in."""
    reader = at_browser()
    assert reader.sign_in("hung").status_code == 303
    return reader


@pytest.fixture
def context(browser: Browser, room: Newsroom) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=room.address, viewport={"width": 390, "height": 844}, locale="vi-VN")
    context.set_default_timeout(15_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Tab]:
    """Lan at a phone, signed in; any script error or forbidden style fails the test."""
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if "Applying inline style" in said.text else None)
    sign_in(page)
    yield page
    assert wrong == []
