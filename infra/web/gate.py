"""Who may come in: the session, the form's token, and the draft of a form whose session ran out."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request

from infra.kernel.ids import new_id
from infra.web import unsent
from infra.web.cookies import set_cookie
from infra.web.errors import ForeignForm, wants_json
from infra.web.forgery import TOKEN_FIELD, TOKEN_HEADER, account_of, came_from_here, staff_bearer
from infra.web.form_memory import DraftKey
from infra.web.forms import FORM_NAME, NO_DRAFT, SHOWN_ON, form_number
from infra.web.going import came_from, own_address, refreshed_page, refreshes_itself
from infra.web.kit import LANGUAGE_COOKIE, Kit, kit_of
from infra.web.languages import known_language
from infra.web.posted import Bounds, Posted, read_posted
from infra.web.sessions import Session, Ticket

PASSWORD_PATH = "/account/password"  # noqa: S105 - an address
_ALLOWED_BEFORE_PASSWORD = frozenset({PASSWORD_PATH, "/sign-out"})
_VISITOR_COOKIE = "visitor"
_READING = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class Caller:
    """What the gate found out about a request that it lets in."""

    request: Request
    kit: Kit
    language: str
    now: datetime
    bearer: str
    posted: Posted
    session: Session | None

    def new_form_id(self) -> UUID:
        """Return a number for a form that is shown."""
        return new_id()


@dataclass(frozen=True, slots=True)
class _Arrival:
    """A request that has begun to come in: when, and with which ticket."""

    request: Request
    kit: Kit
    begun: datetime
    ticket: Ticket | None

    @property
    def awake(self) -> bool:
        """Tell whether the ticket's browser had been active shortly before; what is known of the account is not asked."""
        return self.ticket is not None and self.kit.sessions.awake(self.ticket, self.begun)

    @property
    def bearer(self) -> str:
        """Whom forms were shown to, as the ticket says."""
        return "" if self.ticket is None else staff_bearer(self.ticket.who.account, self.ticket.who.session)

    def session(self, now: datetime) -> Session | None:
        """Return the session if it counts now."""
        if self.ticket is None:
            return None
        return self.kit.sessions.session(self.ticket, self.kit.part.identities, self.begun, now)


@asynccontextmanager
async def staff_caller(request: Request) -> AsyncIterator[Caller]:
    """Let in who has a session once all has come in. Others are sent to sign in; what they had typed is kept for them."""
    arrival = _arrival(request)
    kit, ticket = arrival.kit, arrival.ticket
    posted = await _posted(request, kit, with_files=arrival.awake)
    try:
        now = kit.house.clock()
        session = await run_in_threadpool(_admitted, arrival, posted, now)
        if session is None or ticket is None:
            raise _to_sign_in(request, posted)
        if not refreshes_itself(request):
            _renew(request, kit, ticket, now)
        _password_first(request, session)
        yield Caller(request, kit, _language(request), now, arrival.bearer, posted, session)
    finally:
        posted.close()


@asynccontextmanager
async def open_caller(request: Request) -> AsyncIterator[Caller]:
    """Let everybody in; forms are bound to the visitor's browser."""
    arrival = _arrival(request)
    kit, visitor = arrival.kit, _visitor(request)
    posted = await _posted(request, kit, with_files=False)
    try:
        if request.method not in _READING:
            if not _shown_to(visitor, request, kit, posted):
                raise ForeignForm
            unsent.note(request, posted)
        now = kit.house.clock()
        session = await run_in_threadpool(arrival.session, now)
        if not visitor:
            visitor = new_id().hex
            set_cookie(request, _VISITOR_COOKIE, visitor, secure=kit.house.encrypted)
        yield Caller(request, kit, _language(request), now, visitor, posted, session)
    finally:
        posted.close()


def _arrival(request: Request) -> _Arrival:
    kit = kit_of(request)
    return _Arrival(request, kit, kit.house.clock(), kit.sessions.ticket(request.cookies.get(kit.sessions.cookie_name)))


async def _posted(request: Request, kit: Kit, *, with_files: bool) -> Posted:
    if request.method in _READING or not request.headers.get("content-type"):
        return Posted()
    most = kit.house.upload_bytes_most if with_files else 0
    return await read_posted(request, Bounds(file_bytes=most))


def _visitor(request: Request) -> str:
    """Return the number that the browser was given; anything else in its cookie could name a session of staff."""
    number = form_number(request.cookies.get(_VISITOR_COOKIE, ""))
    return "" if number is None else number.hex


def _token(request: Request, posted: Posted) -> str:
    return request.headers.get(TOKEN_HEADER) or posted.text(TOKEN_FIELD)


def _shown_to(bearer: str, request: Request, kit: Kit, posted: Posted) -> bool:
    here = came_from_here(request.headers, kit.house.staff_url)
    return bool(bearer) and here and kit.tokens.bearer(_token(request, posted)) == bearer


def _admitted(arrival: _Arrival, posted: Posted, now: datetime) -> Session | None:
    """Check the form's token, then the session. A form from an earlier session of the account is kept and shown again."""
    request, kit = arrival.request, arrival.kit
    if request.method in _READING:
        return arrival.session(now)
    bearer = kit.tokens.bearer(_token(request, posted))
    if not came_from_here(request.headers, kit.house.staff_url) or bearer is None:
        raise ForeignForm
    own = bearer == arrival.bearer
    if own:
        unsent.note(request, posted)  # before a store is asked: it may be away
    session = arrival.session(now)
    if session is None or not own:
        _keep_for_author(arrival, bearer, session, posted, now)
    return session


def _keep_for_author(arrival: _Arrival, bearer: str, session: Session | None, posted: Posted, now: datetime) -> None:
    """Keep a form of a session that does not count any more; whoever has signed in again is shown it at once."""
    author = account_of(bearer)
    if author is None or (session is not None and session.account != author):
        raise ForeignForm
    _keep(arrival.request, arrival.kit, author, posted, now)
    if session is not None:
        raise HTTPException(303, headers={"location": _shown_on(arrival.request, posted)})


def _keep(request: Request, kit: Kit, author: UUID, posted: Posted, now: datetime) -> None:
    """Keep what was typed for its author, unless the form asks not to (passwords)."""
    name = posted.text(FORM_NAME)
    if name and not posted.text(NO_DRAFT):
        key = DraftKey(author, request.url.path, name)
        texts = {field: texts for field, texts in posted.all_texts.items() if field != TOKEN_FIELD}
        kit.part.memory.keep_draft(key, texts, now)


def _to_sign_in(request: Request, posted: Posted) -> HTTPException:
    if wants_json(request):
        return HTTPException(401)
    query = urlencode({"next": _shown_on(request, posted)})
    return HTTPException(303, headers={"location": f"/sign-in?{query}"})


def _shown_on(request: Request, posted: Posted) -> str:
    """The page to come back to: where the form stood, or the page asked for."""
    if refreshes_itself(request):
        return refreshed_page(request)
    if request.method in _READING:
        return request.url.path + (f"?{request.url.query}" if request.url.query else "")
    shown_on = posted.text(SHOWN_ON)
    return own_address(shown_on) if shown_on else came_from(request)


def _renew(request: Request, kit: Kit, ticket: Ticket, now: datetime) -> None:
    value = kit.sessions.renewed(ticket, now)
    set_cookie(request, kit.sessions.cookie_name, value, secure=kit.house.encrypted)


def _password_first(request: Request, session: Session) -> None:
    if session.must_change_password and request.url.path not in _ALLOWED_BEFORE_PASSWORD:
        raise HTTPException(303, headers={"location": PASSWORD_PATH})


def _language(request: Request) -> str:
    return known_language(request.cookies.get(LANGUAGE_COOKIE))
