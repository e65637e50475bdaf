"""The board's staff pages, brought together."""

from pathlib import Path

from fastapi import APIRouter

from infra.kernel.offices import HEAD, REVIEWER, SECRETARY, STANDING_DEPUTY, TECHNICAL_TEAM
from infra.settings import ServiceSettings
from infra.web.form_memory import FormMemory
from infra.web.languages import msg
from infra.web.parts import NavItem, Part
from services.board.bootstrap import Desk, desk
from services.board.ui.account import AccountPages
from services.board.ui.accounts import AccountsPages
from services.board.ui.collaborators import CollaboratorPages
from services.board.ui.delegations import DelegationPages
from services.board.ui.door import DoorPages
from services.board.ui.overview import OverviewPages
from services.board.ui.seats import SeatPages
from services.board.ui.teams import TeamPages


def create() -> Part:
    """Bring the pages and what they need together."""
    return part(desk(ServiceSettings.load("board")))


def part(built: Desk) -> Part:
    """Return the board's part of the staff pages."""
    router, root = APIRouter(), APIRouter()
    for pages in (OverviewPages, SeatPages, TeamPages, DelegationPages, AccountsPages, CollaboratorPages):
        router.include_router(pages(built).router())
    for own in (DoorPages, AccountPages):
        root.include_router(own(built).router())
    return Part(
        name="board",
        home=Path(__file__).parent,
        router=router,
        identities=built.authority,
        memory=FormMemory(built.store),
        navigation=(
            NavItem(msg("The board"), "/"),
            NavItem(msg("Delegations"), "/delegations"),
            NavItem(msg("Collaborators"), "/collaborators", frozenset({HEAD, STANDING_DEPUTY, SECRETARY, REVIEWER})),
            NavItem(
                msg("Accounts"),
                "/accounts",
                frozenset({TECHNICAL_TEAM, HEAD, STANDING_DEPUTY, SECRETARY, REVIEWER}),
            ),
        ),
        caught_up=built.caught_up,
        readiness={"mongodb": built.store_answers},
        root=root,
    )
