"""Who could have acted: the offices, teams and delegations in force at an instant, and what each let its holder do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from starlette.responses import Response

from infra.kernel.offices import HEAD, REVIEWER, STANDING_DEPUTY
from infra.kernel.powers import Deed, Power
from infra.web.errors import NotFound
from infra.web.fields import Moment, Raw, WrongError
from infra.web.languages import msg
from infra.web.page import Page, StaffPage
from services.audit.messages import EXPORT_MADE, INSPECTION_FINISHED, PACK_ORDERED
from services.audit.powers import Powers, Standing, ways
from services.audit.queries.acts import AuditQueries
from services.audit.queries.views import Act
from services.audit.ui.inspector import let_in
from services.board import messages as board
from services.content import messages as content

_INSPECTS = (
    Power(REVIEWER, "QC2024 Đ19.1"),
    Power(STANDING_DEPUTY, "QC2024 Đ19.1"),
    Power(HEAD, "QC2024 Đ18"),
)
DEEDS: Mapping[str, tuple[Deed, ...]] = {
    "content": content.DEEDS,
    "board": board.DEEDS,
    "audit": (
        Deed("export", (EXPORT_MADE,), _INSPECTS),
        Deed("order_pack", (PACK_ORDERED,), _INSPECTS),
        Deed("inspect", (INSPECTION_FINISHED,), _INSPECTS),
    ),
}
"""What can be done, by service; each service tells it itself."""
BY_NAME = {f"{service}.{deed.command}": deed for service, deeds in DEEDS.items() for deed in deeds}
_AT = Moment(msg("Date and time"))


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked: an instant as typed and as read, a deed by name, and the act from which the question came."""

    text: str
    wrong: str
    at: datetime
    name: str
    deeds: tuple[Deed, ...] = ()
    act: Act | None = None

    @property
    def of_owner(self) -> bool:
        """Tell whether it is for the owner of an account only."""
        return any(deed.of_owner for deed in self.deeds)


class PowersPages:
    """The question and its answer, on one page that can be kept as a link."""

    def __init__(self, queries: AuditQueries, powers: Powers) -> None:
        self._queries = queries
        self._powers = powers

    def router(self) -> APIRouter:
        """Every address of this area."""
        router = APIRouter()
        router.get("/powers")(self.show)
        return router

    def show(self, page: StaffPage, at: str = "", deed: str = "", entry: str = "") -> Response:
        """Show who held what at the instant, and who could have done the deed."""
        let_in(page)
        asked = self._asked(page, at, deed, entry)
        standing = self._powers.at(asked.at)
        clause, sender = asked.act.clause if asked.act else "", self._sender(asked)
        found = [way for deed in asked.deeds for way in ways(deed, standing, clause, sender)]
        later = self._powers.registered_later(asked.at)
        return page.render(
            "powers.html",
            422 if asked.wrong else 200,
            asked=asked,
            ways=found,
            deeds=DEEDS,
            offices=_offices(standing),
            others=[mandate for mandate in standing.mandates if mandate.capacity not in _capacities()],
            standing=standing,
            later=[mandate for mandate in later if mandate.capacity in _capacities()],
            names=self._queries.names([mandate.account for mandate in (*standing.mandates, *later)]),
            erased=self._powers.erased(),
        )

    def _asked(self, page: Page, at: str, deed: str, entry: str) -> Asked:
        zone = page.kit.house.timezone
        act = self._queries.act(entry) if entry else None
        if entry and act is None:
            raise NotFound
        if act is not None:
            deeds = _deeds_of(act)
            name = f"{act.service}.{deeds[0].command}" if deeds else ""
            return Asked(_typed(act.at, zone), "", act.at, name, deeds, act)
        deeds = (BY_NAME[deed],) if deed in BY_NAME else ()
        try:
            instant = (_AT.read(Raw([at], (), {}, zone)) if at else None) or page.now
        except WrongError as wrong:
            return Asked(at, page.say(wrong.msgid, **wrong.facts), page.now, deed, deeds)
        return Asked(at or _typed(instant, zone), "", instant, deed, deeds)

    def _sender(self, asked: Asked) -> str:
        """Return who had done, on the same item and before the act, what bars from the deed."""
        bars = {deed.not_after for deed in asked.deeds if deed.not_after}
        story = self._queries.story(asked.act.thing.id) if asked.act and bars else None
        if asked.act is None or story is None:
            return ""
        before = [step.act for step in story.steps if step.act.index < asked.act.index]
        return next((act.account for act in reversed(before) if act.topic in bars), "")


def _typed(instant: datetime, zone: ZoneInfo) -> str:
    return instant.astimezone(zone).strftime("%Y-%m-%dT%H:%M")


def _deeds_of(act: Act) -> tuple[Deed, ...]:
    """Return the deed of an act: what was tried where it was refused, else every way to what it tells."""
    known = DEEDS.get(act.service, ())
    if act.command:
        return tuple(deed for deed in known if deed.command == act.command)
    return tuple(deed for deed in known if act.topic in deed.topics)


def _capacities() -> frozenset[str]:
    """Return every capacity that some deed needs."""
    return frozenset(power.capacity for deed in BY_NAME.values() for power in deed.powers) | {board.COLLABORATOR}


def _offices(standing: Standing) -> list[tuple[str, list[object]]]:
    """Return the capacities that matter, each with those who held it, empty ones too."""
    order = [*dict.fromkeys(power.capacity for deed in BY_NAME.values() for power in deed.powers)]
    order = [capacity for capacity in order if capacity != board.ACCOUNT_HOLDER]
    return [(capacity, list(standing.holding(capacity))) for capacity in order]
