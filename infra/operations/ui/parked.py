"""What could not be taken in, why, and what to do about it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from infra.kernel.act import Act
from infra.kernel.offices import TECHNICAL_TEAM
from infra.kernel.verdicts import Verdict
from infra.messaging.parked import BEHIND, ParkedMessage, UnreadableMessage
from infra.operations.deeds import GIVEN_UP, READ_AGAIN, RETRIED, RETRIED_ALL
from infra.operations.tending import LOOKING, Stuck, Tending
from infra.operations.ui.outcomes import OUTCOMES, outcome
from infra.web.errors import NotFound
from infra.web.fields import Text
from infra.web.forms import Filled, Form
from infra.web.languages import msg
from infra.web.page import Page, StaffPage

_DEEDS_SHOWN = 10
_BYTES_SHOWN = 2_000

UNKNOWN_VERSION = "UnknownVersion"
_UNKNOWN = msg(
    "It was written by a newer version of the other service than this one understands. "
    "Update this service: then it is taken in by itself."
)
_BEHIND = msg("It has not failed itself: it waits for the message before it.")
_FAILED = msg(
    "This service failed while taking it in, every time it tried. The page about it has the technical reason."
)

DONE: Mapping[str, str] = MappingProxyType(
    {
        RETRIED: msg("Tried one again"),
        RETRIED_ALL: msg("Tried all again"),
        READ_AGAIN: msg("Read again"),
        GIVEN_UP: msg("Gave up"),
    }
)
"""What was done, as the list of deeds says it."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """A button that asks nothing."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Why a message is given up."""

    because: Annotated[
        str,
        Text(
            msg("Why"), longest=500, rows=3, hint=msg("It stays on record. Write no names or other personal details.")
        ),
    ]


RETRY = Form("retry", Nothing)
GIVE_UP = Form("give-up", Ground)


@dataclass(frozen=True, slots=True)
class Named:
    """The message that an address names: parked at `service`, from the log of `upstream`; `position` None: bytes."""

    service: str
    upstream: str
    id: str
    position: int | None = None


class ParkedPages:
    """List, look closer, try again, give up."""

    def __init__(self, tending: Tending) -> None:
        self._tending = tending

    def router(self) -> APIRouter:
        """Every address of this area."""
        router = APIRouter()
        router.get("/parked")(self.index)
        router.get("/parked/list")(self.listed)
        router.post("/parked/{service}/{upstream}/retry")(self.retry_all)
        router.get("/parked/{service}/{upstream}/{subject}")(self.one)
        router.post("/parked/{service}/{upstream}/{subject}/retry")(self.retry)
        router.get("/parked/{service}/{upstream}/{position}/give-up")(self.ask_why)
        router.post("/parked/{service}/{upstream}/{position}/give-up")(self.give_up)
        router.get("/unreadable/{service}/{upstream}/{digest}")(self.raw)
        router.post("/unreadable/{service}/{upstream}/{digest}/read")(self.read_again)
        router.get("/unreadable/{service}/{upstream}/{digest}/give-up")(self.ask_why_raw)
        router.post("/unreadable/{service}/{upstream}/{digest}/give-up")(self.give_up_raw)
        return router

    def index(self, page: StaffPage) -> Response:
        """List everything that waits."""
        page.require(*LOOKING)
        return self._index(page)

    def listed(self, page: StaffPage) -> Response:
        """Return only the list, for the page that renews itself while an attempt is to come."""
        page.require(*LOOKING)
        return page.render("parked_list.html", **self._waiting(page))

    def one(self, page: StaffPage, service: str, upstream: str, subject: UUID) -> Response:
        """Show all that waits of one aggregate."""
        page.require(*LOOKING)
        stuck = self._stuck(service, upstream, subject)
        return page.render("parked_one.html", stuck=stuck, **_shown(page))

    def raw(self, page: StaffPage, service: str, upstream: str, digest: str) -> Response:
        """Show bytes that are no event."""
        page.require(*LOOKING)
        message = self._unreadable(service, upstream, digest)
        text = message.body[:_BYTES_SHOWN].decode(errors="replace")
        return page.render(
            "unreadable.html", service=service, message=message, digest=digest, text=text, **_shown(page)
        )

    def retry(self, page: StaffPage, service: str, upstream: str, subject: UUID) -> Response:
        """Have one aggregate tried again."""
        return self._ordered(page, lambda act: self._tending.retry(service, upstream, subject, act=act))

    def retry_all(self, page: StaffPage, service: str, upstream: str) -> Response:
        """Have everything tried again that a service could not take in of another's log."""
        return self._ordered(page, lambda act: self._tending.retry_all(service, upstream, act=act))

    def read_again(self, page: StaffPage, service: str, upstream: str, digest: str) -> Response:
        """Have bytes read again."""
        message = message_id(upstream, digest)
        return self._ordered(page, lambda act: self._tending.read_again(service, upstream, message, act=act))

    def ask_why(self, page: StaffPage, service: str, upstream: str, position: int) -> Response:
        """Ask why the message that failed is to be passed over for good."""
        page.require(*LOOKING)
        message = event_named(service, upstream, position)
        if not any((each.service, each.first.id) == (service, message.id) for each in self._tending.stuck()):
            raise NotFound
        return self._ask_why(page, message, page.form(GIVE_UP))

    def ask_why_raw(self, page: StaffPage, service: str, upstream: str, digest: str) -> Response:
        """Ask why bytes are to be put away for good."""
        page.require(*LOOKING)
        self._unreadable(service, upstream, digest)
        return self._ask_why(page, bytes_named(service, upstream, digest), page.form(GIVE_UP))

    def give_up(self, page: StaffPage, service: str, upstream: str, position: int) -> Response:
        """Pass over the very message that was shown, for good; what waits behind it is tried."""
        return self._give_up(page, event_named(service, upstream, position))

    def give_up_raw(self, page: StaffPage, service: str, upstream: str, digest: str) -> Response:
        """Put bytes away for good."""
        return self._give_up(page, bytes_named(service, upstream, digest))

    def _ask_why(self, page: Page, message: Named, form: Filled[Ground]) -> Response:
        return page.render("give_up.html", form=form, message=message, topic=self._topic(message))

    def _give_up(self, page: Page, message: Named) -> Response:
        def order(act: Act, because: str) -> Verdict:
            return self._tending.give_up(message.service, message.upstream, message.id, because, act=act)

        form = page.form(GIVE_UP)
        _let_order(page, form, lambda act: order(act, ""))
        return page.submit(
            form,
            lambda ground: order(page.act(capacity_of(page)), ground.because),
            again=lambda form: self._ask_why(page, message, form),
            done=lambda _: "/parked",
            said=msg("The message is passed over from now on. What waited behind it is tried within seconds."),
        )

    def _topic(self, message: Named) -> str:
        """Return the topic of a message that waits or was given up; empty when it is not known here any more."""
        topics = {(service, each.id): each.topic for service, each in self._tending.given_up()}
        for stuck in self._tending.stuck():
            topics.update({(stuck.service, each.id): each.envelope.topic for each in stuck.messages})
        return topics.get((message.service, message.id), "")

    def _index(self, page: Page, refused: Filled[Nothing] | None = None) -> Response:
        return page.render("parked.html", refused=refused, **self._waiting(page))

    def _ordered(self, page: Page, order: Callable[[Act], Verdict]) -> Response:
        form = page.form(RETRY)
        _let_order(page, form, order)
        return page.submit(
            form,
            lambda _: order(page.act(capacity_of(page))),
            again=lambda refused: self._index(page, refused),
            done=lambda _: "/parked",
            said=msg("It is tried again within five seconds."),
        )

    def _stuck(self, service: str, upstream: str, subject: UUID) -> Stuck:
        wanted = (service, upstream, subject)
        for each in self._tending.stuck():
            if (each.service, each.log, each.subject) == wanted:
                return each
        raise NotFound

    def _unreadable(self, service: str, upstream: str, digest: str) -> UnreadableMessage:
        for where, message in self._tending.unreadable():
            if (where, message.id) == (service, message_id(upstream, digest)):
                return message
        raise NotFound

    def _waiting(self, page: Page) -> dict[str, Any]:
        stuck, unreadable, given_up = self._tending.stuck(), self._tending.unreadable(), self._tending.given_up()
        deeds = self._tending.deeds(_DEEDS_SHOWN)
        waiting = [*((each.service, each.log, each.asked) for each in stuck)]
        waiting += [(service, message.upstream, message.asked) for service, message in unreadable]
        return {
            "stuck": stuck,
            "unreadable": [(service, message, message.id.rpartition("/")[2]) for service, message in unreadable],
            "given_up": given_up,
            "deeds": [(deed, outcome(deed, stuck, unreadable, given_up)) for deed in deeds],
            "logs": sorted({(each.service, each.log) for each in stuck}),
            "coming": any(asked for _, _, asked in waiting),
            **_shown(page),
        }


def _shown(page: Page) -> dict[str, Any]:
    """Return what templates ask for; `button` makes a form of its own for each button."""
    return {
        "button": lambda path: page.form(RETRY, action=path),
        "why": plainly,
        "done": DONE,
        "outcomes": OUTCOMES,
        "tends": page.session.holds(TECHNICAL_TEAM),
    }


def _let_order(page: Page, form: Filled[Any], order: Callable[[Act], Verdict]) -> None:
    """Let the use case refuse and record whoever may not order, also where the form would not get so far.

    Whoever may not even look is shown nothing at all (403).
    """
    goes_on = bool(page.session.capacities & LOOKING) and form.value is not None
    if not goes_on and not page.session.holds(TECHNICAL_TEAM):
        order(page.act(capacity_of(page)))
    page.require(*LOOKING)


def capacity_of(page: Page) -> str:
    """Return the technical team where it is held; else whatever is, and the use case refuses and records that."""
    held = page.session.capacities
    return TECHNICAL_TEAM if TECHNICAL_TEAM in held else min(held, default="none")


def message_id(upstream: str, digest: str) -> str:
    """Return the id under which bytes are kept; see `infra.messaging.parked`."""
    return f"{upstream}/bytes/{digest}"


def event_named(service: str, upstream: str, position: int) -> Named:
    """Return the event at a position of another service's log."""
    return Named(service, upstream, f"{upstream}/{position}", position)


def bytes_named(service: str, upstream: str, digest: str) -> Named:
    """Return the bytes with a digest that came where another service's events come."""
    return Named(service, upstream, message_id(upstream, digest))


def plainly(message: ParkedMessage) -> str:
    """Say in plain words why a message waits; a msgid."""
    if message.reason == BEHIND:
        return _BEHIND
    return _UNKNOWN if message.reason.startswith(UNKNOWN_VERSION) else _FAILED
