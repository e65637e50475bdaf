"""Signing in and out."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter
from starlette.responses import Response

from infra.kernel.act import Act
from infra.kernel.ids import new_id
from infra.kernel.verdicts import Refusal
from infra.logs import get_logger
from infra.web import flash
from infra.web.errors import TooMany
from infra.web.fields import Text
from infra.web.forms import Filled, Form
from infra.web.going import own_address
from infra.web.languages import msg
from infra.web.page import OpenPage, Page, StaffPage
from infra.web.sessions import SignedIn
from services.board.application import account_id
from services.board.bootstrap import Desk
from services.board.messages import ACCOUNT_HOLDER
from services.board.ui.leading_on import lead_on
from services.board.ui.rate import Failures

log = get_logger("door")


@dataclass(frozen=True, slots=True)
class Credentials:
    """What somebody at the door says."""

    login: Annotated[str, Text(msg("Login"), longest=64)]
    password: Annotated[str, Text(msg("Password"), longest=256, kind="password")]


SIGN_IN = Form("sign-in", Credentials)

_NOT_ENDED = msg(
    "You are signed out in this browser, but it could not be recorded that this session has ended. If others use this"
    " computer too, sign in again and end all sessions under “My account”."
)


class DoorPages:
    """The pages that are open to everybody."""

    def __init__(self, desk: Desk) -> None:
        self._door = desk.commands.door
        self._queries = desk.queries
        self._caught_up = desk.caught_up
        self._failures = Failures()

    def router(self) -> APIRouter:
        """Every address of this area."""
        router = APIRouter()
        router.get("/sign-in")(self.ask)
        router.post("/sign-in")(self.sign_in)
        router.post("/sign-out")(self.sign_out)
        return router

    def ask(self, page: OpenPage) -> Response:
        """Show the form, or go on if somebody is signed in already."""
        if page.visitor is not None:
            return lead_on(page, own_address(_next(page)))
        return self._show(page, page.form(SIGN_IN))

    def sign_in(self, page: OpenPage) -> Response:
        """Let somebody in. Whoever fails too often from one address waits."""
        self._slow_down(page)
        form = page.form(SIGN_IN)
        if form.value is None:
            return self._show(page, form, 422)
        credentials, session = form.value, new_id()
        act = Act(account_id(credentials.login), ACCOUNT_HOLDER, page.now, page.form_id)
        verdict = self._door.sign_in(credentials.password, session, act=act)
        if isinstance(verdict, Refusal):
            return self._refuse(page, form, verdict)
        self._caught_up(verdict.position)
        (person,) = self._queries.people_of([act.account])
        return page.begin_session(SignedIn(act.account, session, person.name), _next(page))

    def sign_out(self, page: StaffPage) -> Response:
        """End this session, here and in every service; this browser forgets it in any case."""
        verdict = self._door.sign_out(page.session.id, act=page.act(ACCOUNT_HOLDER))
        if isinstance(verdict, Refusal):
            flash.leave(page.request, page.kit, "wrong", page.say(_NOT_ENDED))
        else:
            self._caught_up(verdict.position)
        return page.end_session("/sign-in")

    def _refuse(self, page: Page, form: Filled[Credentials], refusal: Refusal) -> Response:
        self._failures.add(_address(page), page.now)
        log.info("sign_in_refused")
        return self._show(page, form.with_complaint(page.present(refusal)), 422)

    def _slow_down(self, page: Page) -> None:
        wait_s = self._failures.wait_s(_address(page), page.now)
        if wait_s:
            log.warning("sign_in_slowed_down", wait_s=wait_s)
            raise TooMany(wait_s)

    def _show(self, page: Page, form: Filled[Credentials], status: int = 200) -> Response:
        return page.render("sign_in.html", status, form=form, next=_next(page))


def _next(page: Page) -> str:
    return page.posted.text("next") or page.request.query_params.get("next", "/")


def _address(page: Page) -> str:
    client = page.request.client
    return client.host if client else ""
