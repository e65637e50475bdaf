"""The register of collaborators."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from infra.kernel.act import Act
from infra.kernel.authority import Term
from infra.kernel.ids import natural_id
from infra.kernel.offices import CONTENT_TEAM, HEAD, REVIEWER, SECRETARY, STANDING_DEPUTY
from infra.kernel.verdicts import Verdict
from infra.web.errors import NotFound
from infra.web.fields import Choice, Day, Text
from infra.web.forms import Form
from infra.web.languages import msg
from infra.web.page import Page, StaffPage
from services.board.application import Engagement
from services.board.application.collaborators import NewCollaborator
from services.board.bootstrap import Desk
from services.board.queries.views import CollaboratorView
from services.board.ui.choices import account_choices, field_choices, unit_choices
from services.board.ui.command import Command, Place, act_as, after_last_day, first_instant, serve
from services.board.ui.erasing import ERASING, Erasing

READERS = (HEAD, STANDING_DEPUTY, SECRETARY, CONTENT_TEAM, REVIEWER)
"""Who may look at the register, which has people's contacts."""

BASIS_WORDS = {"state": msg("Works for a body of the state"), "contract": msg("By a collaborator's contract")}


@dataclass(frozen=True, slots=True)
class Entry:
    """Who collaborates, in which field, on which basis."""

    name: Annotated[str, Text(msg("Name of the person"), longest=120)]
    contact: Annotated[str, Text(msg("Telephone or e-mail"), longest=200)]
    unit: Annotated[str, Choice(msg("Unit"), shown="select")]
    field: Annotated[str, Choice(msg("Field"), shown="select")]
    basis: Annotated[str, Choice(msg("Basis"), BASIS_WORDS)]
    contract: Annotated[str, Text(msg("Number of the contract"), longest=100, required=False)]
    since: Annotated[date, Day(msg("First day"))]
    until: Annotated[date | None, Day(msg("Last day"), required=False, hint=msg("A contract must have one."))]
    account: Annotated[str, Choice(msg("Account, if there is one"), required=False, shown="select")]


@dataclass(frozen=True, slots=True)
class Renewal:
    """The contract that follows."""

    contract: Annotated[str, Text(msg("Number of the contract"), longest=100)]
    since: Annotated[date, Day(msg("First day"))]
    until: Annotated[date, Day(msg("Last day"))]


@dataclass(frozen=True, slots=True)
class LastDay:
    """When the collaboration ends."""

    last_day: Annotated[date | None, Day(msg("Last day"), required=False, hint=msg("Leave empty to end it at once."))]


REGISTER = Command(
    Form("register", Entry),
    title=msg("Register a collaborator"),
    button=msg("Register"),
    said=msg("The collaborator is registered."),
    lead=msg("Who does not work for a body of the state needs a contract with the portal."),
    clause="QC2024 Đ8.4",
    acting=(SECRETARY, STANDING_DEPUTY),
)
RENEW = Command(
    Form("renew", Renewal),
    title=msg("Register another contract"),
    button=msg("Register"),
    said=msg("The contract is registered."),
    lead=msg("It may begin on the day after the last one ends."),
    clause="QC2024 Đ8.4",
    acting=(SECRETARY, STANDING_DEPUTY),
)
STRIKE_OFF = Command(
    Form("strike-off", LastDay),
    title=msg("End the collaboration"),
    button=msg("End the collaboration"),
    said=msg("The end of the collaboration is registered."),
    clause="QC2024 Đ8.4",
    acting=(SECRETARY, STANDING_DEPUTY),
)

ERASE = Command(
    ERASING,
    title=msg("Erase the person"),
    button=msg("Erase for ever"),
    said=msg("Name and contact are erased."),
    lead=msg("The register keeps that somebody collaborated, without a name."),
    clause="Law 91/2025 Đ14",
    warning=msg("Name and contact are deleted for ever. This cannot be undone."),
    acting=(SECRETARY, STANDING_DEPUTY),
)


class CollaboratorPages:
    """Pages below `/collaborators`."""

    def __init__(self, desk: Desk) -> None:
        self._queries = desk.queries
        self._collaborators = desk.commands.collaborators

    def router(self) -> APIRouter:
        """Every address of this area."""
        router = APIRouter()
        router.get("/collaborators")(self.index)
        router.api_route("/collaborators/new", methods=["GET", "POST"])(self.register)
        router.api_route("/collaborators/{collaborator}/renew", methods=["GET", "POST"])(self.renew)
        router.api_route("/collaborators/{collaborator}/strike-off", methods=["GET", "POST"])(self.strike_off)
        router.api_route("/collaborators/{collaborator}/erase", methods=["GET", "POST"])(self.erase)
        return router

    def index(self, page: StaffPage) -> Response:
        """List everybody in the register."""
        page.require(*READERS)
        seats = {seat.seat.capacity: seat.seat.post[page.language] for seat in self._queries.seats(page.now)}
        return page.render(
            "collaborators.html",
            collaborators=self._queries.collaborators(page.now),
            fields=field_choices(self._queries, page),
            units=unit_choices(self._queries, page),
            seats=seats,
            may_register=bool(page.session.capacities & {SECRETARY, STANDING_DEPUTY}),
        )

    def register(self, page: StaffPage) -> Response:
        """Enter somebody."""

        def order(entry: Entry) -> Verdict:
            number = natural_id("board.collaborator", str(page.form_id))
            account = UUID(entry.account) if entry.account else None
            new = NewCollaborator(entry.name, entry.contact, entry.field, entry.unit, account)
            engagement = _engagement(page, entry.contract, entry.since, entry.until, staff=entry.basis == "state")
            return self._collaborators.register(number, new, engagement, act=_act(page))

        choices = {
            "unit": unit_choices(self._queries, page),
            "field": field_choices(self._queries, page),
            "account": account_choices(self._queries, page),
        }
        return serve(page, REGISTER, page.form(REGISTER.form, choices=choices), order, _place(page))

    def renew(self, page: StaffPage, collaborator: UUID) -> Response:
        """Enter a contract that follows."""
        view = self._view(page, collaborator)

        def order(renewal: Renewal) -> Verdict:
            engagement = _engagement(page, renewal.contract, renewal.since, renewal.until, staff=False)
            return self._collaborators.renew(collaborator, engagement, act=_act(page))

        return serve(page, RENEW, page.form(RENEW.form), order, _place(page, view.name))

    def strike_off(self, page: StaffPage, collaborator: UUID) -> Response:
        """End a collaboration."""
        view = self._view(page, collaborator)

        def order(ending: LastDay) -> Verdict:
            until = after_last_day(ending.last_day) or page.now
            return self._collaborators.strike_off(collaborator, until, act=_act(page))

        return serve(page, STRIKE_OFF, page.form(STRIKE_OFF.form), order, _place(page, view.name))

    def erase(self, page: StaffPage, collaborator: UUID) -> Response:
        """Delete who somebody was."""
        view = self._view(page, collaborator)

        def order(erasing: Erasing) -> Verdict:
            return self._collaborators.erase_person(collaborator, erasing.erasure, act=_act(page))

        return serve(page, ERASE, page.form(ERASE.form), order, _place(page, view.name))

    def _view(self, page: Page, collaborator: UUID) -> CollaboratorView:
        """Return somebody of the register. Who orders is refused by the use case, so that the attempt is recorded."""
        if page.request.method != "POST":
            page.require(*READERS)
        view = self._queries.collaborator(collaborator, page.now)
        if view is None:
            raise NotFound
        return view


def _act(page: Page) -> Act:
    return act_as(page, SECRETARY, STANDING_DEPUTY)


def _engagement(page: Page, contract: str, since: date, until: date | None, *, staff: bool) -> Engagement:
    term = Term(first_instant(since), after_last_day(until))
    return Engagement(natural_id("board.engagement", str(page.form_id)), staff, contract, term)


def _place(page: Page, about: str = "") -> Place:
    return Place("/collaborators", page.say(msg("Collaborators")), about)
