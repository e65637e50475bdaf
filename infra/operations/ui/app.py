"""The staff pages about the running system, brought together."""

from pathlib import Path

from fastapi import APIRouter
from pymongo import MongoClient

from infra.event_store.connection import Document, connect
from infra.kernel.offices import TECHNICAL_TEAM
from infra.messaging.parked import Parked
from infra.operations.deeds import Deeds
from infra.operations.readers import HEARING
from infra.operations.record import DATABASE, OBSERVED, Observations
from infra.operations.tending import LOOKING, Tending
from infra.operations.ui.overview import OverviewPages
from infra.operations.ui.parked import ParkedPages
from infra.read_store.authority import AuthorityStore as BoardsAuthority
from infra.settings import ServiceSettings, required
from infra.web.form_memory import FormMemory
from infra.web.identity import AuthorityStore
from infra.web.languages import msg
from infra.web.parts import NavItem, Part

BOARD = "board"
"""Whose copy of who may act is asked: the board's own is never behind."""


def create() -> Part:
    """Build what the pages need from the settings."""
    board = ServiceSettings.load(BOARD)
    authority = BoardsAuthority(connect(board.mongo_url)[board.store_database])
    return part(connect(required("OPERATOR_MONGO_URL")), board.database_prefix, authority)


def part(client: MongoClient[Document], prefix: str, authority: AuthorityStore) -> Part:
    """Bring the pages together; `client` may decide on parked messages of every service, and see nothing else there."""
    own = client[f"{prefix}_{DATABASE}"]
    parked = {service: Parked(client[f"{prefix}_{service}"]["parked"]) for service in HEARING}
    tending = Tending(parked, Deeds(own["deeds"]), authority.current)
    router = APIRouter()
    for pages in (OverviewPages(Observations(own[OBSERVED])), ParkedPages(tending)):
        router.include_router(pages.router())
    return Part(
        name="operations",
        home=Path(__file__).parent,
        router=router,
        identities=authority,
        memory=FormMemory(own),
        navigation=(
            NavItem(msg("Operations"), "/", LOOKING),
            NavItem(msg("Parked messages"), "/parked", frozenset({TECHNICAL_TEAM})),
        ),
        readiness={"mongodb": lambda: bool(own.command("ping"))},
    )
