"""A page with one form that orders one thing: how it looks, and what follows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Generic, TypeVar

from starlette.responses import Response

from infra.kernel.act import Act
from infra.kernel.verdicts import Verdict
from infra.web.forms import Filled, Form
from infra.web.page import Page
from services.board.application import PROVINCE_TIME
from services.board.messages import ACCOUNT_HOLDER

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Command(Generic[T]):
    """What a page says around its form; all msgids. `warning` is shown above a form that cannot be undone.

    `acting` are the capacities in which the order may be given, the usual one first; empty when it depends on the form.
    """

    form: Form[T]
    title: str
    button: str
    said: str
    lead: str = ""
    clause: str = ""
    warning: str = ""
    acting: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a command's page stands: the page to go back to (under the prefix), its name, and what it is about."""

    back: str
    name: str
    about: str = ""


def serve(page: Page, command: Command[T], filled: Filled[T], order: Callable[[T], Verdict], place: Place) -> Response:
    """Show the form on GET; carry out what it orders on POST, once, and go back."""

    def show(form: Filled[Any]) -> Response:
        acting = capacity_of(page, *command.acting) if command.acting else ""
        return page.render("command.html", command=command, form=form, place=place, acting=acting)

    if page.request.method != "POST":
        return show(filled)
    return page.submit(filled, order, again=show, done=lambda _: place.back, said=command.said)


def act_as(page: Page, *capacities: str) -> Act:
    """Make an act in the first of the capacities that is held now."""
    return page.act(capacity_of(page, *capacities))


def capacity_of(page: Page, *capacities: str) -> str:
    """Return the first of the capacities that is held now.

    Who holds none acts in whatever is held, and is refused by the use case, which records it.
    """
    held = page.session.capacities
    return next((capacity for capacity in (*capacities, *sorted(held)) if capacity in held), ACCOUNT_HOLDER)


def first_instant(day: date) -> datetime:
    """Return when a day begins in the province."""
    return datetime.combine(day, time(0), PROVINCE_TIME)


def after_last_day(day: date | None) -> datetime | None:
    """Return the instant after a last day that is still included; None stays open."""
    return None if day is None else first_instant(day + timedelta(days=1))
