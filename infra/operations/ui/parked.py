"""What could not be taken in, why, and what to do about it."""

from collections.abc import Callable, Mapping, Sequence
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
from infra.operations.deeds import GIVEN_UP, READ_AGAIN, RETRIED, RETRIED_ALL, Deed
from infra.operations.tending import LOOKING, Stuck, Tending
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

OUTCOMES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "coming": ("waiting", msg("Comes within seconds")),
        "failed": ("bad", msg("Failed again")),
        "taken_in": ("good", msg("Taken in")),
        "passed_over": ("plain", msg("Passed over")),
        "refused": ("bad", msg("Refused")),
    }
)
"""What became of an order: the tone and the words of its badge."""


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
        router.get("/parked/{service}/{upstream}/{subject}/give-up")(self.give_up)
        router.post("/parked/{service}/{upstream}/{subject}/give-up")(self.give_up)
        router.get("/unreadable/{service}/{upstream}/{digest}")(self.raw)
        router.post("/unreadable/{service}/{upstream}/{digest}/read")(self.read_again)
        router.get("/unreadable/{service}/{upstream}/{digest}/give-up")(self.give_up_raw)
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

    def give_up(self, page: StaffPage, service: str, upstream: str, subject: UUID) -> Response:
        """Ask why, then pass over the message that failed, for good; what waits behind it is tried."""
        page.require(*LOOKING)
        return self._give_up(page, service, self._stuck(service, upstream, subject).first)

    def give_up_raw(self, page: StaffPage, service: str, upstream: str, digest: str) -> Response:
        """Ask why, then put bytes away for good."""
        page.require(*LOOKING)
        return self._give_up(page, service, self._unreadable(service, upstream, digest))

    def _give_up(self, page: Page, service: str, message: ParkedMessage | UnreadableMessage) -> Response:
        upstream = message.envelope.service if isinstance(message, ParkedMessage) else message.upstream

        def show(form: Filled[Ground]) -> Response:
            return page.render("give_up.html", form=form, service=service, message=message, upstream=upstream)

        def command(ground: Ground) -> Verdict:
            act = page.act(capacity_of(page))
            return self._tending.give_up(service, upstream, message.id, ground.because, act=act)

        if page.request.method != "POST":
            return show(page.form(GIVE_UP))
        said = msg("The message is passed over from now on. What waited behind it is tried within seconds.")
        return page.submit(page.form(GIVE_UP), command, again=show, done=lambda _: "/parked", said=said)

    def _index(self, page: Page, refused: Filled[Nothing] | None = None) -> Response:
        return page.render("parked.html", refused=refused, **self._waiting(page))

    def _ordered(self, page: Page, order: Callable[[Act], Verdict]) -> Response:
        return page.submit(
            page.form(RETRY),
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
        stuck, unreadable = self._tending.stuck(), self._tending.unreadable()
        waiting = [*((each.service, each.log, each.asked) for each in stuck)]
        waiting += [(service, message.upstream, message.asked) for service, message in unreadable]
        return {
            "stuck": stuck,
            "unreadable": [(service, message, message.id.rpartition("/")[2]) for service, message in unreadable],
            "given_up": self._tending.given_up(),
            "deeds": [(deed, outcome(deed, stuck, unreadable)) for deed in self._tending.deeds(_DEEDS_SHOWN)],
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


def capacity_of(page: Page) -> str:
    """Return the technical team where it is held; else whatever is, and the use case refuses and records that."""
    held = page.session.capacities
    return TECHNICAL_TEAM if TECHNICAL_TEAM in held else min(held, default="none")


def message_id(upstream: str, digest: str) -> str:
    """Return the id under which bytes are kept; see `infra.messaging.parked`."""
    return f"{upstream}/bytes/{digest}"


def plainly(message: ParkedMessage) -> str:
    """Say in plain words why a message waits; a msgid."""
    if message.reason == BEHIND:
        return _BEHIND
    return _UNKNOWN if message.reason.startswith(UNKNOWN_VERSION) else _FAILED


def outcome(deed: Deed, stuck: Sequence[Stuck], unreadable: Sequence[tuple[str, UnreadableMessage]]) -> str:
    """Say what became of an order: one of `OUTCOMES`."""
    if deed.refused:
        return "refused"
    if deed.what == GIVEN_UP:
        return "passed_over"
    asked = [each.asked for each in stuck if _is_about(deed, each.service, each.log, str(each.subject))]
    asked += [each.asked for service, each in unreadable if _is_about(deed, service, each.upstream, each.id)]
    if not asked:
        return "taken_in"
    return "coming" if any(asked) else "failed"


def _is_about(deed: Deed, service: str, log: str, name: str) -> bool:
    whole_log = deed.what == RETRIED_ALL and "/bytes/" not in name
    return (deed.service, deed.log) == (service, log) and (whole_log or deed.about == name)
