"""One's own account: who one is here, the password, the open sessions."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from infra.kernel.ids import new_id
from infra.kernel.verdicts import Refusal
from infra.web import flash
from infra.web.fields import Text
from infra.web.forms import Filled, Form
from infra.web.languages import msg
from infra.web.page import Page, StaffPage
from infra.web.sessions import SignedIn
from services.board.bootstrap import Desk
from services.board.messages import ACCOUNT_HOLDER
from services.board.ui.choices import seat_names
from services.board.ui.twice import typed_twice


@dataclass(frozen=True, slots=True)
class NewPassword:
    """The password that is given up, and the new one twice."""

    current: Annotated[str, Text(msg("Present password"), longest=256, kind="password")]
    password: Annotated[str, Text(msg("New password"), longest=256, kind="password")]
    again: Annotated[str, Text(msg("New password once more"), longest=256, kind="password")]


@dataclass(frozen=True, slots=True)
class Nothing:
    """Asks nothing."""


PASSWORD = Form("password", NewPassword)
SESSIONS = Form("sessions", Nothing)


class AccountPages:
    """What everybody may do with the own account."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def router(self) -> APIRouter:
        """Every address of this area."""
        router = APIRouter()
        router.get("/account")(self.mine)
        router.get("/account/password")(self.ask_password)
        router.post("/account/password")(self.choose_password)
        router.post("/account/sessions")(self.end_sessions)
        router.post("/account/sessions/{session}")(self.end_session)
        return router

    def mine(self, page: StaffPage) -> Response:
        """Show who one is, what one holds and where one is signed in."""
        queries, account = self._desk.queries, page.session.account
        sessions = queries.sessions(account, page.now)
        return page.render(
            "account_mine.html",
            account=queries.account(account, page.now),
            units=queries.units(page.now),
            seats=seat_names(queries, page),
            sessions=sessions,
            ending={each.id: page.form(SESSIONS) for each in sessions},
            ending_all=page.form(SESSIONS),
            minutes=page.kit.house.idle // timedelta(minutes=1),
        )

    def ask_password(self, page: StaffPage) -> Response:
        """Show the form for another password."""
        return self._show(page, page.form(PASSWORD))

    def choose_password(self, page: StaffPage) -> Response:
        """Take another password; the session goes on under it, all others end."""
        form = typed_twice(page, page.form(PASSWORD))
        if form.value is None:
            return self._show(page, form, 422)
        return self._choose(page, form, form.value)

    def end_sessions(self, page: StaffPage) -> Response:
        """End all own sessions, this one too."""
        verdict = self._desk.commands.door.end_sessions(act=page.act(ACCOUNT_HOLDER))
        if isinstance(verdict, Refusal):
            return _not_ended(page)
        self._desk.caught_up(verdict.position)
        return page.end_session("/sign-in")

    def end_session(self, page: StaffPage, session: UUID) -> Response:
        """End one own session, such as one left open elsewhere; ending it twice changes nothing."""
        verdict = self._desk.commands.door.sign_out(session, act=page.act(ACCOUNT_HOLDER))
        if isinstance(verdict, Refusal):
            return _not_ended(page)
        self._desk.caught_up(verdict.position)
        return page.redirect_to("/account", msg("The session is ended."))

    def _choose(self, page: Page, form: Filled[NewPassword], new: NewPassword) -> Response:
        act = page.act(ACCOUNT_HOLDER)
        verdict = self._desk.commands.accounts.choose_password(new.current, new.password, act=act)
        if isinstance(verdict, Refusal):
            return self._show(page, form.with_complaint(page.present(verdict)), 422)
        session, since = (
            new_id(),
            page.kit.house.clock(),
        )  # what overtook the choice may have come after the page was asked for
        again = self._desk.commands.door.sign_in(new.password, session, act=replace(act, at=since))
        if isinstance(again, Refusal):
            return page.end_session("/sign-in")
        self._desk.caught_up(again.position)
        page.redirect_to("/account", msg("Your new password counts from now on."))
        return page.begin_session(SignedIn(act.account, session, page.session.name), "/account", since)

    def _show(self, page: Page, form: Filled[NewPassword], status: int = 200) -> Response:
        rules = self._desk.profile.account_rules(page.now)
        return page.render("account_password.html", status, form=form, rules=rules)


def _not_ended(page: Page) -> Response:
    flash.leave(
        page.request, page.kit, "wrong", page.say(msg("Nothing was ended: the account was being used. Try again."))
    )
    return page.redirect_to("/account")
