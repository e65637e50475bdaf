"""One team: who was, is and will be in it; forming, admitting and dismissing."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from infra.kernel.authority import Term
from infra.kernel.ids import natural_id
from infra.kernel.offices import HEAD, REVIEWER, SECRETARY, STANDING_DEPUTY
from infra.kernel.verdicts import Verdict
from infra.web.errors import NotFound
from infra.web.fields import Choice, Day, Text
from infra.web.forms import Form
from infra.web.languages import msg
from infra.web.page import Page, StaffPage
from services.board.application import Decision
from services.board.application.teams import Admission
from services.board.bootstrap import Desk
from services.board.queries.views import TeamView
from services.board.ui.choices import account_choices
from services.board.ui.command import Command, Place, act_as, after_last_day, first_instant, serve
from services.board.ui.seats import Ending


@dataclass(frozen=True, slots=True)
class SignedDecision:
    """The decision by which a team is formed."""

    decision: Annotated[str, Text(msg("Number of the decision"), longest=100, hint=msg("Such as 12/QĐ-STTTT."))]
    decided_on: Annotated[date, Day(msg("Signed on"))]


@dataclass(frozen=True, slots=True)
class NewMember:
    """Who is in the team from when to when, by which decision."""

    account: Annotated[str, Choice(msg("Person"), shown="select")]
    since: Annotated[date, Day(msg("First day"))]
    until: Annotated[date | None, Day(msg("Last day"), required=False, hint=msg("Leave empty if it is not known yet."))]
    decision: Annotated[str, Text(msg("Number of the decision"), longest=100, hint=msg("Such as 12/QĐ-STTTT."))]
    decided_on: Annotated[date, Day(msg("Signed on"))]


FORM = Command(
    Form("form-team", SignedDecision),
    title=msg("Set up the team"),
    button=msg("Set up"),
    said=msg("The team is set up."),
    lead=msg("The standing office decides on setting up a team."),
    clause="QC2024 Đ8.2",
)
ADMIT = Command(
    Form("admit", NewMember),
    title=msg("Assign somebody to the team"),
    button=msg("Assign"),
    said=msg("The assignment is registered."),
    lead=msg("The teams' people come from the centre's staff, and at no instant are there more than the limit."),
    clause="QC2024 Đ8.2",
)
DISMISS = Command(
    Form("dismiss", Ending),
    title=msg("End an assignment"),
    button=msg("End the assignment"),
    said=msg("The end of the assignment is registered."),
    lead=msg("From then on the person no longer works in this team. What was done before stays as it is."),
    clause="QC2024 Đ8.3",
)


class TeamPages:
    """Pages below `/teams`."""

    def __init__(self, desk: Desk) -> None:
        self._queries = desk.queries
        self._teams = desk.commands.teams

    def router(self) -> APIRouter:
        """Every address of this area."""
        router = APIRouter()
        router.get("/teams/{capacity}")(self.one)
        router.api_route("/teams/{capacity}/form", methods=["GET", "POST"])(self.form)
        router.api_route("/teams/{capacity}/admit", methods=["GET", "POST"])(self.admit)
        router.api_route("/teams/{capacity}/{place}/dismiss", methods=["GET", "POST"])(self.dismiss)
        return router

    def one(self, page: StaffPage, capacity: str) -> Response:
        """Show a team with everybody who was, is and will be in it."""
        view = self._team(page, capacity)
        held = page.session.capacities
        forms = {HEAD, STANDING_DEPUTY} if capacity == REVIEWER else {STANDING_DEPUTY}
        return page.render(
            "team.html",
            view=view,
            may_form=bool(held & forms),
            may_assign=bool(held & set(_assigners(capacity))),
            ending=lambda place: page.at(f"/teams/{capacity}/{place}/dismiss"),
        )

    def form(self, page: StaffPage, capacity: str) -> Response:
        """Set a team up."""
        view = self._team(page, capacity)

        def order(signed: SignedDecision) -> Verdict:
            decision = Decision(signed.decision, signed.decided_on)
            return self._teams.form(capacity, decision, act=act_as(page, STANDING_DEPUTY, HEAD))

        return serve(page, FORM, page.form(FORM.form), order, _place(page, view))

    def admit(self, page: StaffPage, capacity: str) -> Response:
        """Assign somebody to a team."""
        view = self._team(page, capacity)

        def order(new: NewMember) -> Verdict:
            term = Term(first_instant(new.since), after_last_day(new.until))
            admission = Admission(natural_id("board.place", str(page.form_id)), UUID(new.account), term)
            decision = Decision(new.decision, new.decided_on)
            return self._teams.admit(capacity, admission, decision, act=act_as(page, *_assigners(capacity)))

        filled = page.form(ADMIT.form, choices={"account": account_choices(self._queries, page)})
        return serve(page, ADMIT, filled, order, _place(page, view))

    def dismiss(self, page: StaffPage, capacity: str, place: UUID) -> Response:
        """End somebody's time in a team."""
        view = self._team(page, capacity)
        name = next((term.name for term in view.history if term.id == place), None)
        if name is None:
            raise NotFound

        def order(ending: Ending) -> Verdict:
            until = after_last_day(ending.last_day) or page.now
            decision = Decision(ending.decision, ending.decided_on)
            return self._teams.dismiss(capacity, place, until, decision, act=act_as(page, *_assigners(capacity)))

        return serve(page, DISMISS, page.form(DISMISS.form), order, _place(page, view, name))

    def _team(self, page: Page, capacity: str) -> TeamView:
        team = self._queries.team(capacity, page.now)
        if team is None:
            raise NotFound
        return team


def _assigners(capacity: str) -> tuple[str, ...]:
    return (HEAD, STANDING_DEPUTY) if capacity == REVIEWER else (SECRETARY, STANDING_DEPUTY)


def _place(page: Page, view: TeamView, about: str = "") -> Place:
    return Place(f"/teams/{view.team.capacity}", view.team.title[page.language], about)
