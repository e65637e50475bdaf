"""One seat: who held it, who holds it, appointing and releasing."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from infra.kernel.authority import Term
from infra.kernel.ids import natural_id
from infra.kernel.offices import HEAD, STANDING_DEPUTY
from infra.kernel.verdicts import Verdict
from infra.web.errors import NotFound
from infra.web.fields import Choice, Day, Text
from infra.web.forms import Form
from infra.web.languages import msg
from infra.web.page import Page, StaffPage
from services.board.application import Appointment, Decision
from services.board.bootstrap import Desk
from services.board.queries.views import SeatView, TermView
from services.board.ui.choices import account_choices
from services.board.ui.command import Command, Place, act_as, after_last_day, first_instant, serve


@dataclass(frozen=True, slots=True)
class NewHolder:
    """Who holds the seat from when to when, by which decision."""

    account: Annotated[str, Choice(msg("Person"), shown="select")]
    since: Annotated[date, Day(msg("First day"), hint=msg("A day in the past or in the future is possible."))]
    until: Annotated[date | None, Day(msg("Last day"), required=False, hint=msg("Leave empty if it is not known yet."))]
    decision: Annotated[str, Text(msg("Number of the decision"), longest=100, hint=msg("Such as 12/QĐ-STTTT."))]
    decided_on: Annotated[date, Day(msg("Signed on"))]


@dataclass(frozen=True, slots=True)
class Ending:
    """When somebody's time ends, by which decision."""

    last_day: Annotated[date | None, Day(msg("Last day"), required=False, hint=msg("Leave empty to end it at once."))]
    decision: Annotated[str, Text(msg("Number of the decision"), longest=100, hint=msg("Such as 12/QĐ-STTTT."))]
    decided_on: Annotated[date, Day(msg("Signed on"))]


APPOINT = Command(
    Form("appoint", NewHolder),
    title=msg("Register a holder"),
    button=msg("Register"),
    said=msg("The appointment is registered."),
    lead=msg("A seat has one holder at any instant. The next one may begin on the day after the last one ends."),
    clause="QD2461 Đ1",
    acting=(STANDING_DEPUTY, HEAD),
)
RELEASE = Command(
    Form("release", Ending),
    title=msg("End an appointment"),
    button=msg("End the appointment"),
    said=msg("The end of the appointment is registered."),
    lead=msg("From then on the person no longer acts in this office. What was done before stays as it is."),
    clause="QC2019 Đ4.1",
    acting=(STANDING_DEPUTY, HEAD),
)


class SeatPages:
    """Pages below `/seats`."""

    def __init__(self, desk: Desk) -> None:
        self._queries = desk.queries
        self._offices = desk.commands.offices

    def router(self) -> APIRouter:
        """Every address of this area."""
        router = APIRouter()
        router.get("/seats/{capacity}")(self.one)
        router.api_route("/seats/{capacity}/appoint", methods=["GET", "POST"])(self.appoint)
        router.api_route("/seats/{capacity}/{appointment}/release", methods=["GET", "POST"])(self.release)
        return router

    def one(self, page: StaffPage, capacity: str) -> Response:
        """Show a seat with everybody who held, holds and will hold it."""
        return page.render(
            "seat.html",
            view=self._seat(page, capacity),
            may_register=_may_register(page),
            ending=lambda appointment: page.at(f"/seats/{capacity}/{appointment}/release"),
        )

    def appoint(self, page: StaffPage, capacity: str) -> Response:
        """Register a holder."""
        seat = self._seat(page, capacity)

        def order(new: NewHolder) -> Verdict:
            term = Term(first_instant(new.since), after_last_day(new.until))
            appointment = Appointment(natural_id("board.appointment", str(page.form_id)), UUID(new.account), term)
            decision = Decision(new.decision, new.decided_on)
            return self._offices.appoint(capacity, appointment, decision, act=act_as(page, STANDING_DEPUTY, HEAD))

        filled = page.form(APPOINT.form, choices={"account": account_choices(self._queries, page)})
        return serve(page, APPOINT, filled, order, _place(page, seat))

    def release(self, page: StaffPage, capacity: str, appointment: UUID) -> Response:
        """End an appointment."""
        seat = self._seat(page, capacity)
        held = _held(seat, appointment)

        def order(ending: Ending) -> Verdict:
            until = after_last_day(ending.last_day) or page.now
            decision = Decision(ending.decision, ending.decided_on)
            act = act_as(page, STANDING_DEPUTY, HEAD)
            return self._offices.release(capacity, appointment, until, decision, act=act)

        return serve(page, RELEASE, page.form(RELEASE.form), order, _place(page, seat, held.name))

    def _seat(self, page: Page, capacity: str) -> SeatView:
        seat = self._queries.seat(capacity, page.now)
        if seat is None:
            raise NotFound
        return seat


def _may_register(page: Page) -> bool:
    return page.session.holds(HEAD) or page.session.holds(STANDING_DEPUTY)


def _held(seat: SeatView, appointment: UUID) -> TermView:
    held = next((term for term in seat.history if term.id == appointment), None)
    if held is None:
        raise NotFound
    return held


def _place(page: Page, view: SeatView, about: str = "") -> Place:
    return Place(f"/seats/{view.seat.capacity}", view.seat.title[page.language], about or view.seat.post[page.language])
