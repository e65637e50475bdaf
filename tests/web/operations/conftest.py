"""The pages about the running system over real stores, with no right in them but the operator's."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from pymongo import MongoClient

from infra.kernel.authority import Holding, Term
from infra.kernel.ids import natural_id
from infra.kernel.offices import CONTENT_TEAM, REVIEWER, TECHNICAL_TEAM
from infra.local.mongod import Mongod
from infra.local.provision import MongoProvision
from infra.messaging.envelope import Envelope
from infra.messaging.inbox import Inbox
from infra.messaging.parked import Parked
from infra.operations.deeds import Deeds
from infra.operations.record import DATABASE, OBSERVED, Observations
from infra.operations.ui.app import part
from infra.read_store.positions import Positions
from infra.web.app import staff_site
from infra.web.house import House
from tests.builders.newsroom.identities import HUNG, LAN, START, Identities, SetClock
from tests.builders.newsroom.part import Notes, newsroom
from tests.builders.newsroom.reader import Reader
from tests.builders.newsroom.serving import served

STORES = ("board", "content", "audit", "gateway")
ITEM, OTHER = natural_id("article", "1"), natural_id("article", "2")


@dataclass
class Station:
    """What runs, as those see it who run it; `fails` is why audit cannot take anything in, empty when it can."""

    address: str
    admin: MongoClient[dict[str, Any]]
    prefix: str
    identities: Identities
    clock: SetClock
    fails: str = "a title of 312 characters does not fit"
    taken_in: list[int] = field(default_factory=list)

    @property
    def parked(self) -> Parked:
        """What is parked at audit."""
        return Parked(self.admin[f"{self.prefix}_audit"]["parked"])

    @property
    def observations(self) -> Observations:
        return Observations(self.admin[f"{self.prefix}_{DATABASE}"][OBSERVED])

    @property
    def deeds(self) -> Deeds:
        return Deeds(self.admin[f"{self.prefix}_{DATABASE}"]["deeds"])

    @property
    def inbox(self) -> Inbox:
        """The reader of content's events at audit, as its process has it."""
        positions = Positions(self.admin[f"{self.prefix}_audit"])
        fetch, pause = (lambda _after, _limit: ()), (lambda _: None)
        return Inbox("content", positions, self.parked, fetch, self._react, self.clock, pause)

    def hear(self, *subjects: UUID) -> None:
        """Let audit hear events of content, one after the other."""
        reached = Positions(self.admin[f"{self.prefix}_audit"]).get("from.content")
        self.inbox.receive([an_event(reached + place, subject) for place, subject in enumerate(subjects, 1)])

    def _react(self, envelopes: Any) -> None:
        if self.fails:
            raise ValueError(self.fails)
        self.taken_in += [envelope.position for envelope in envelopes]


def an_event(position: int, subject: UUID) -> Envelope:
    return Envelope("content", position, "content.article.published", subject, 1, START, {"title": "Cầu Mã Đà"})


@pytest.fixture
def station(mongod: Mongod, mongo_admin: MongoClient[dict[str, Any]]) -> Iterator[Station]:
    prefix = f"operations_{secrets.token_hex(4)}"
    url = MongoProvision(mongod.url, prefix).operator(STORES, "a word")
    since = Term(START - timedelta(days=1))
    identities = Identities(holdings=(Holding(LAN, TECHNICAL_TEAM, since), Holding(HUNG, REVIEWER, since)))
    clock = SetClock()
    with MongoClient[dict[str, Any]](url, tz_aware=True, uuidRepresentation="standard") as operator:

        def site(address: str) -> FastAPI:
            own = part(operator, prefix, identities)
            entrance = newsroom(mongo_admin[f"{prefix}_newsroom"], Notes(), identities, clock)
            house = House(session_key="a key for tests", staff_url=address, clock=clock)
            return staff_site({"/operations": own, "/newsroom": entrance}, house)

        with served(site) as address:
            yield Station(address, mongo_admin, prefix, identities, clock)
    for name in mongo_admin.list_database_names():
        if name.startswith(prefix):
            mongo_admin.drop_database(name)


@pytest.fixture
def technician(station: Station) -> Iterator[Reader]:
    yield from _signed_in(station, "lan")


@pytest.fixture
def editor(station: Station) -> Iterator[Reader]:
    """Somebody of the newsroom, who has no business here."""
    others = tuple(each for each in station.identities.holdings if each.account != HUNG)
    station.identities.holdings = (*others, Holding(HUNG, CONTENT_TEAM, Term(START - timedelta(days=1))))
    yield from _signed_in(station, "hung")


@pytest.fixture
def reviewer(station: Station) -> Iterator[Reader]:
    yield from _signed_in(station, "hung")


def _signed_in(station: Station, login: str) -> Iterator[Reader]:
    reader = Reader(station.address)
    assert reader.sign_in(login).status_code == 303
    yield reader
    reader.client.close()
