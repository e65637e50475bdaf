"""The one argument of every handler: who asks, in which language, what was posted, and how to answer."""

import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from infra.kernel.act import Act
from infra.kernel.verdicts import Accepted, Refusal, Verdict
from infra.web import answering, flash
from infra.web.chrome import chrome
from infra.web.cookies import drop_cookie, set_cookie
from infra.web.errors import Failure, Forbidden, problem
from infra.web.fields import Options
from infra.web.form_memory import DraftKey
from infra.web.forms import (
    DISCARD,
    FORM_ID,
    FORM_NAME,
    VERSION,
    Complaint,
    Current,
    Filled,
    Form,
    complaints_of,
    form_number,
    options_of,
    version_number,
)
from infra.web.gate import Caller, open_caller, staff_caller
from infra.web.going import own_address, see_other
from infra.web.headers import editor_policy, policy
from infra.web.languages import Formats
from infra.web.posted import Posted
from infra.web.rendering import fill
from infra.web.sessions import Session, SignedIn

T = TypeVar("T")


class Page:
    """One request of one reader. `session` is there for staff; on open pages ask `visitor` instead."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self.request: Request = caller.request
        self.kit = caller.kit
        self.posted: Posted = caller.posted
        self.language = caller.language
        self.now = caller.now
        self.formats = Formats(self.language, self.kit.house.timezone)
        self.correlation: UUID = caller.request.state.correlation

    @property
    def session(self) -> Session:
        """Who is signed in. Only handlers of a `StaffPage` may ask."""
        if self._caller.session is None:
            raise Forbidden
        return self._caller.session

    @property
    def visitor(self) -> Session | None:
        """Who is signed in, if anybody is."""
        return self._caller.session

    @property
    def token(self) -> str:
        """The token for forms of this page."""
        return self.kit.tokens.issue(self._caller.bearer)

    @property
    def path(self) -> str:
        """The address asked for, without the host."""
        return self.request.url.path

    @property
    def form_id(self) -> UUID:
        """The number of the form that was posted; the request's own number when it has none."""
        return form_number(self.posted.text(FORM_ID)) or self.correlation

    def new_form_id(self) -> UUID:
        """Return a number for a form that is shown."""
        return self._caller.new_form_id()

    def act(self, capacity: str) -> Act:
        """Make the act of who is signed in, in a capacity, now; the correlation is the form's number."""
        return self.session.act(capacity, self.form_id)

    def require(self, *capacities: str) -> None:
        """Let only holders of one of the capacities go on (403). Commands decide for themselves."""
        if not self.session.capacities & set(capacities):
            raise Forbidden

    def at(self, path: str) -> str:
        """Return an address under the part's prefix."""
        return f"{self.kit.prefix}{path}"

    def say(self, msgid: str, **facts: str | int) -> str:
        """Translate a sentence and fill its `{slots}`."""
        return fill(self.kit.catalogues.words(self.language).gettext(msgid), facts, self.formats)

    def present(self, refusal: Refusal) -> Complaint:
        """Say a refusal in the reader's language, with its clause."""
        sentence = self.kit.catalogues.words(self.language).pgettext("refusal", refusal.code)
        if sentence == refusal.code:
            sentence = self.say("This is not possible now ({code}).", code=refusal.code)
        return Complaint(refusal.about or "", fill(sentence, refusal.facts, self.formats), refusal.clause)

    def problem(self, refusal: Refusal) -> Response:
        """Answer a program's request with a refusal, as an RFC 9457 problem document."""
        status = 403 if refusal.on_authority else 422
        failure = Failure(status, self.present(refusal).text, refusal.clause)
        return problem(failure, lambda text: text, str(self.correlation))

    def render(self, template: str, status: int = 200, *, editor: bool = False, **values: Any) -> Response:
        """Return a page. `editor=True` lets the rich editor set the styles it needs."""
        nonce = secrets.token_urlsafe(16) if editor else ""
        html = self.kit.templates.render(self.language, template, {**chrome(self), "editor": nonce, **values})
        headers = {"content-security-policy": policy(editor_policy(nonce))} if editor else None
        return HTMLResponse(html, status, headers)

    def redirect(self, path: str, said: str | None = None) -> Response:
        """Go on to another page of the part, perhaps with a message that is shown once."""
        return self.redirect_to(self.at(path), said)

    def redirect_to(self, address: str, said: str | None = None, *, answers: UUID | None = None) -> Response:
        """Go on to any address of the staff pages. `answers`: the number of the form that was carried out."""
        if said:
            flash.leave(self.request, self.kit, "done", self.say(said), str(answers or ""))
        return see_other(self.request, address)

    def form(
        self,
        form: Form[T],
        *,
        values: Mapping[str, Any] | None = None,
        version: int | None = None,
        choices: Mapping[str, Options] | None = None,
        action: str | None = None,
    ) -> Filled[T]:
        """Return a form for this request: what was posted; else the kept draft; else the values given.

        `action` is a path under the prefix when the form is sent elsewhere than to this page.
        """
        address = self.path if action is None else self.at(action)
        options = options_of(form, choices or {}, self.say)
        if self.posted.text(FORM_NAME) == form.name and self.path == address:
            return self._posted(form, address, options)
        texts = form.values_as_texts(values or {}, self.kit.house.timezone)
        blank = Filled(form, address, self.new_form_id(), version, texts, options)
        return self._with_draft(blank)

    def submit(
        self,
        form: Filled[T],
        command: Callable[[T], Verdict],
        *,
        again: Callable[[Filled[T]], Response],
        done: Callable[[Accepted], str],
        said: str,
        current: Callable[[], Current] | None = None,
    ) -> Response:
        """Carry out what a form orders, once, and answer; README.md says how each outcome is shown."""
        return answering.submit(self, form, command, answering.Answers(again, done, said, current))

    def begin_session(self, who: SignedIn, next_address: str, since: datetime | None = None) -> Response:
        """Sign somebody in and go to where they were going. An address outside the staff pages is ignored.

        `since` is when the session began, if that was not when the page was asked for.
        """
        sessions = self.kit.sessions
        secure = self.kit.house.encrypted
        set_cookie(self.request, sessions.cookie_name, sessions.begin(who, since or self.now), secure=secure)
        return RedirectResponse(own_address(next_address), 303)

    def end_session(self, address: str = "/sign-in") -> Response:
        """Sign out this browser. The board records it as well, so that a copy of the cookie is worth nothing."""
        drop_cookie(self.request, self.kit.sessions.cookie_name, secure=self.kit.house.encrypted)
        return RedirectResponse(address, 303)

    def draft_key(self, form: Filled[Any]) -> DraftKey | None:
        """Return under which key a form's draft is kept; None for visitors."""
        session = self._caller.session
        return None if session is None else DraftKey(session.account, form.action, form.form.name)

    def _posted(self, form: Form[T], address: str, options: Mapping[str, Options]) -> Filled[T]:
        read = form.read(self.posted, options, self.kit.house.timezone)
        names = {name: [file.name for file in self.posted.files(name)] for name in form.fields}
        texts = {name: self.posted.texts(name) for name in form.fields}
        version = version_number(self.posted.text(VERSION))
        filled = Filled(form, address, self.form_id, version, texts, options, file_names=names)
        if isinstance(read, dict):
            return filled.refused(complaints_of(read, self.say))
        return filled.understood(read)

    def _with_draft(self, blank: Filled[T]) -> Filled[T]:
        key = self.draft_key(blank)
        texts = None if key is None else self.kit.part.memory.draft(key)
        if key is None or texts is None:
            return blank
        kept = blank.from_draft(texts)
        if self.request.query_params.get(DISCARD) != str(kept.id):
            return kept
        self.kit.part.memory.drop_draft(key)
        return blank


async def _staff_page(request: Request) -> AsyncIterator[Page]:
    async with staff_caller(request) as caller:
        yield Page(caller)


async def _open_page(request: Request) -> AsyncIterator[Page]:
    async with open_caller(request) as caller:
        yield Page(caller)


StaffPage = Annotated[Page, Depends(_staff_page)]
"""A page that needs a session; without one the reader signs in and comes back."""

OpenPage = Annotated[Page, Depends(_open_page)]
"""A page that everybody may see."""
