"""A newsroom on a real store, and readers who sign in to it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from fastapi import FastAPI
from pymongo.database import Database

from infra.web.app import staff_site
from infra.web.form_memory import FormMemory
from infra.web.house import House
from tests.builders.newsroom.identities import Identities, SetClock
from tests.builders.newsroom.part import Notes, annex_pages, newsroom
from tests.builders.newsroom.reader import Reader
from tests.builders.newsroom.serving import served


@dataclass
class ReadModel:
    """Says whether it has caught up, and remembers what it was asked for."""

    in_time: bool = True
    waited_for: list[int] = field(default_factory=list)

    def caught_up(self, position: int) -> bool:
        self.waited_for.append(position)
        return self.in_time


@dataclass
class Newsroom:
    """The site with all that tests look into."""

    address: str
    notes: Notes
    identities: Identities
    clock: SetClock
    reading: ReadModel


@pytest.fixture
def room(store_database: Database[dict[str, Any]]) -> Iterator[Newsroom]:
    notes, identities, clock = Notes(), Identities(), SetClock()
    reading = ReadModel()
    part = replace(newsroom(store_database, notes, identities, clock), caught_up=reading.caught_up)
    annex = replace(part, name="annex", navigation=(), root=annex_pages(), memory=FormMemory(store_database))

    def site(address: str) -> FastAPI:
        house = House(session_key="a key for tests", staff_url=address, clock=clock, upload_bytes_most=100_000)
        return staff_site({"/newsroom": part, "/annex": annex}, house)

    with served(site) as address:
        yield Newsroom(address, notes, identities, clock, reading)


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
