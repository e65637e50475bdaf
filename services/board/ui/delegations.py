"""Delegations: those in force, those past, giving and taking back."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from infra.kernel.offices import HEAD, STANDING_DEPUTY
from infra.kernel.verdicts import Verdict
from infra.web.errors import NotFound
from infra.web.fields import Choice, Day, Text
from infra.web.forms import Form
from infra.web.languages import msg
from infra.web.page import StaffPage
from services.board.application import Decision, Grant
from services.board.bootstrap import Desk
from services.board.policy.delegations import SCOPES
from services.board.policy.qc2019_article_5 import ACT_FOR_THE_HEAD
from services.board.policy.qc2024_article_10 import PUBLISH
from services.board.ui.command import Command, Place, act_as, after_last_day, first_instant, serve
from services.board.ui.teams import SignedDecision

SCOPE_WORDS = {
    PUBLISH: msg("Publish in the standing deputy's place"),
    ACT_FOR_THE_HEAD: msg("Act for the head while the head is away"),
}
"""What each scope lets the receiver do."""


@dataclass(frozen=True, slots=True)
class NewDelegation:
    """What is delegated from when to when, by which decision; the scope tells from which office to which."""

    scope: Annotated[str, Choice(msg("What is delegated"), SCOPE_WORDS)]
    since: Annotated[date, Day(msg("First day"), hint=msg("Not before the day on which the decision was signed."))]
    until: Annotated[date, Day(msg("Last day"))]
    decision: Annotated[str, Text(msg("Number of the decision"), longest=100, hint=msg("Such as 12/QĐ-STTTT."))]
    decided_on: Annotated[date, Day(msg("Signed on"))]


GIVE = Command(
    Form("delegate", NewDelegation),
    title=msg("Delegate"),
    button=msg("Delegate"),
    said=msg("The delegation is registered."),
    lead=msg(
        "Giver and receiver answer for the content together. Each item says who published it, for whom, and by which decision."
    ),
    clause="QC2024 Đ10.1b",
)
REVOKE = Command(
    Form("revoke", SignedDecision),
    title=msg("Take a delegation back"),
    button=msg("Take it back"),
    said=msg("The delegation is taken back."),
    lead=msg("It ends at once, in every part of the portal. What was published under it stays published."),
    clause="QC2019 Đ4.1",
)


class DelegationPages:
    """Pages below `/delegations`."""

    def __init__(self, desk: Desk) -> None:
        self._queries = desk.queries
        self._delegations = desk.commands.delegations

    def router(self) -> APIRouter:
        """Every address of this area."""
        router = APIRouter()
        router.get("/delegations")(self.index)
        router.api_route("/delegations/new", methods=["GET", "POST"])(self.give)
        router.api_route("/delegations/{delegation}/revoke", methods=["GET", "POST"])(self.revoke)
        return router

    def index(self, page: StaffPage) -> Response:
        """List all delegations, those in force first."""
        views = self._queries.delegations(page.now)
        groups = {state: tuple(view for view in views if view.state == state) for state in ("active", "coming")}
        past = tuple(view for view in views if view.state in {"ended", "revoked"})
        held = page.session.capacities
        return page.render(
            "delegations.html",
            active=groups["active"],
            coming=groups["coming"],
            past=past,
            words=SCOPE_WORDS,
            held=held,
            may_give=bool(held & {STANDING_DEPUTY, HEAD}),
        )

    def give(self, page: StaffPage) -> Response:
        """Delegate one thing to another office."""

        def order(new: NewDelegation) -> Verdict:
            giver, receiver = SCOPES[new.scope]
            until = after_last_day(new.until) or page.now
            grant = Grant(receiver, new.scope, first_instant(new.since), until)
            decision = Decision(new.decision, new.decided_on)
            return self._delegations.give(grant, decision, act=act_as(page, giver))

        place = Place("/delegations", page.say(msg("Delegations")))
        return serve(page, GIVE, page.form(GIVE.form), order, place)

    def revoke(self, page: StaffPage, delegation: UUID) -> Response:
        """Take a delegation back."""
        view = self._queries.delegation(delegation, page.now)
        if view is None:
            raise NotFound

        def order(signed: SignedDecision) -> Verdict:
            decision = Decision(signed.decision, signed.decided_on)
            return self._delegations.revoke(delegation, decision, act=act_as(page, view.giver, HEAD))

        place = Place(
            "/delegations", page.say(msg("Delegations")), f"{view.number} · {page.say(SCOPE_WORDS[view.scope])}"
        )
        return serve(page, REVOKE, page.form(REVOKE.form), order, place)
