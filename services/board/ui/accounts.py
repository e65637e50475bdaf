"""Accounts as the technical team administers them."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from infra.kernel.offices import HEAD, REVIEWER, SECRETARY, STANDING_DEPUTY, TECHNICAL_TEAM
from infra.kernel.verdicts import Verdict
from infra.web.errors import NotFound
from infra.web.fields import Choice, Text
from infra.web.forms import Form
from infra.web.languages import msg
from infra.web.page import Page, StaffPage
from services.board.application.accounts import NewAccount
from services.board.bootstrap import Desk
from services.board.queries.views import AccountView
from services.board.ui.choices import seat_names, unit_choices
from services.board.ui.command import Command, Place, act_as, serve
from services.board.ui.erasing import ERASING, Erasing
from services.board.ui.twice import typed_twice

READERS = (TECHNICAL_TEAM, HEAD, STANDING_DEPUTY, SECRETARY, REVIEWER)
"""Who may look at the list of accounts."""

GROUND_WORDS = {
    "left": msg("Has left the unit"),
    "idle": msg("Not used for a long time"),
    "misuse": msg("Used for what is not its purpose"),
    "compromised": msg("Somebody else may know the password"),
}


PASSWORD = Text(
    msg("First password"),
    longest=256,
    hint=msg("Hand it over in person. It must be changed at the first sign-in."),
    kind="password",
)
AGAIN = Text(msg("First password once more"), longest=256, kind="password")


@dataclass(frozen=True, slots=True)
class Issue:
    """Who gets an account."""

    name: Annotated[str, Text(msg("Name of the person"), longest=120)]
    login: Annotated[str, Text(msg("Login"), longest=32, hint=msg("Small letters, digits, dots and hyphens."))]
    unit: Annotated[str, Choice(msg("Unit"), shown="select")]
    password: Annotated[str, PASSWORD]
    again: Annotated[str, AGAIN]


@dataclass(frozen=True, slots=True)
class FirstPassword:
    """A new first password."""

    password: Annotated[str, PASSWORD]
    again: Annotated[str, AGAIN]


@dataclass(frozen=True, slots=True)
class Suspension:
    """Why an account is closed."""

    ground: Annotated[str, Choice(msg("Ground"), GROUND_WORDS)]


@dataclass(frozen=True, slots=True)
class Nothing:
    """Asks nothing."""


ISSUE = Command(
    Form("issue", Issue),
    title=msg("Issue an account"),
    button=msg("Issue"),
    said=msg("The account is issued."),
    lead=msg("An account belongs to one person. What it may do follows from the office or team that the person holds."),
    clause="QC2024 Đ10.1b",
    acting=(TECHNICAL_TEAM,),
)
RESET = Command(
    Form("reset", FirstPassword),
    title=msg("Hand out a new first password"),
    button=msg("Set the password"),
    said=msg("The new first password counts from now on."),
    lead=msg("All sessions of the account end, and a lock-out too."),
    clause="QC2024 Đ8.2",
    acting=(TECHNICAL_TEAM,),
)
SUSPEND = Command(
    Form("suspend", Suspension),
    title=msg("Suspend the account"),
    button=msg("Suspend"),
    said=msg("The account is suspended; its sessions have ended."),
    lead=msg(
        "Nobody signs in with it any more until it is restored. Offices and places stay until a decision ends them."
    ),
    clause="QC2024 Đ6.3",
    acting=(TECHNICAL_TEAM,),
)
UNLOCK = Command(
    Form("unlock", Nothing),
    title=msg("Unlock the account"),
    button=msg("Unlock"),
    said=msg("The account is unlocked."),
    lead=msg("Make sure that it was the owner who mistyped the password."),
    clause="QC2024 Đ8.2",
    acting=(TECHNICAL_TEAM,),
)
RESTORE = Command(
    Form("restore", Nothing),
    title=msg("Restore the account"),
    button=msg("Restore"),
    said=msg("The account is restored."),
    clause="QC2024 Đ8.2",
    acting=(TECHNICAL_TEAM,),
)
ERASE = Command(
    ERASING,
    title=msg("Erase the person"),
    button=msg("Erase for ever"),
    said=msg("Name, login and password are erased."),
    lead=msg(
        "What the account did stays on record, without a name, and can still be proven. The name disappears from every"
        " list of every service within moments, and audit packs that show it are removed."
    ),
    clause="Law 91/2025 Đ14",
    warning=msg(
        "Name, login, password and salt are deleted for ever: nobody can find out again whose account this was. This"
        " cannot be undone."
    ),
    acting=(TECHNICAL_TEAM,),
)


class AccountsPages:
    """Pages below `/accounts`."""

    def __init__(self, desk: Desk) -> None:
        self._queries = desk.queries
        self._accounts = desk.commands.accounts

    def router(self) -> APIRouter:
        """Every address of this area."""
        router = APIRouter()
        router.get("/accounts")(self.index)
        router.api_route("/accounts/new", methods=["GET", "POST"])(self.issue)
        router.get("/accounts/{account}")(self.one)
        for name, handler in (
            ("reset", self.reset),
            ("suspend", self.suspend),
            ("unlock", self.unlock),
            ("restore", self.restore),
            ("erase", self.erase),
        ):
            router.api_route(f"/accounts/{{account}}/{name}", methods=["GET", "POST"])(handler)
        return router

    def index(self, page: StaffPage) -> Response:
        """List all accounts."""
        page.require(*READERS)
        accounts, units = self._queries.accounts(page.now), unit_choices(self._queries, page)
        return page.render(
            "accounts.html",
            accounts=accounts,
            units=units,
            seats=seat_names(self._queries, page),
            may_issue=page.session.holds(TECHNICAL_TEAM),
        )

    def one(self, page: StaffPage, account: UUID) -> Response:
        """Show an account and what can be done to it."""
        page.require(*READERS)
        view = self._view(page, account)
        return page.render(
            "account_one.html",
            account=view,
            units=unit_choices(self._queries, page),
            grounds=GROUND_WORDS,
            seats=seat_names(self._queries, page),
            sessions=self._queries.sessions(account, page.now),
            administers=page.session.holds(TECHNICAL_TEAM) and account != page.session.account,
        )

    def issue(self, page: StaffPage) -> Response:
        """Issue an account."""

        def order(new: Issue) -> Verdict:
            who = NewAccount(new.login, new.name, new.unit)
            return self._accounts.issue(who, new.password, act=act_as(page, TECHNICAL_TEAM))

        filled = page.form(ISSUE.form, choices={"unit": unit_choices(self._queries, page)})
        return serve(page, ISSUE, typed_twice(page, filled), order, Place("/accounts", page.say(msg("Accounts"))))

    def reset(self, page: StaffPage, account: UUID) -> Response:
        """Hand out a new first password."""

        def order(new: FirstPassword) -> Verdict:
            return self._accounts.reset_password(account, new.password, act=act_as(page, TECHNICAL_TEAM))

        return serve(page, RESET, typed_twice(page, page.form(RESET.form)), order, self._place(page, account))

    def suspend(self, page: StaffPage, account: UUID) -> Response:
        """Close an account."""

        def order(suspension: Suspension) -> Verdict:
            return self._accounts.suspend(account, suspension.ground, act=act_as(page, TECHNICAL_TEAM))

        return serve(page, SUSPEND, page.form(SUSPEND.form), order, self._place(page, account))

    def unlock(self, page: StaffPage, account: UUID) -> Response:
        """Let the owner in before the lock-out ends."""

        def order(_: Nothing) -> Verdict:
            return self._accounts.unlock(account, act=act_as(page, TECHNICAL_TEAM))

        return serve(page, UNLOCK, page.form(UNLOCK.form), order, self._place(page, account))

    def restore(self, page: StaffPage, account: UUID) -> Response:
        """Open a suspended account."""

        def order(_: Nothing) -> Verdict:
            return self._accounts.restore(account, act=act_as(page, TECHNICAL_TEAM))

        return serve(page, RESTORE, page.form(RESTORE.form), order, self._place(page, account))

    def erase(self, page: StaffPage, account: UUID) -> Response:
        """Delete who the owner was."""

        def order(erasing: Erasing) -> Verdict:
            return self._accounts.erase_person(account, erasing.erasure, act=act_as(page, TECHNICAL_TEAM))

        return serve(page, ERASE, page.form(ERASE.form), order, self._place(page, account))

    def _view(self, page: Page, account: UUID) -> AccountView:
        view = self._queries.account(account, page.now)
        if view is None:
            raise NotFound
        return view

    def _place(self, page: Page, account: UUID) -> Place:
        name = self._view(page, account).name
        return Place(f"/accounts/{account}", name or page.say(msg("Erased person")))
