"""What the board's forms offer to choose from."""

from collections.abc import Mapping

from infra.kernel.offices import CAPACITIES
from infra.web.fields import Options
from infra.web.page import Page
from services.board.profile import Names
from services.board.queries.board import BoardQueries
from services.board.queries.views import AccountView


def account_choices(queries: BoardQueries, page: Page) -> Options:
    """Return the people with an open account: id -> name and unit."""
    units = queries.units(page.now)
    people = (account for account in queries.accounts(page.now) if account.state in {"active", "locked"})
    return {str(account.id): _person(account, units, page) for account in people}


def unit_choices(queries: BoardQueries, page: Page) -> Options:
    """Return the units of today: slug -> name."""
    return {slug: name[page.language] for slug, name in queries.units(page.now).items()}


def field_choices(queries: BoardQueries, page: Page) -> Options:
    """Return the fields of today in which collaborators write: slug -> name."""
    return {slug: name[page.language] for slug, name in queries.fields(page.now).items()}


def seat_names(queries: BoardQueries, page: Page) -> Options:
    """Return what to call those capacities that only the province's profile knows: members' and districts' seats."""
    seats = (view.seat for view in queries.seats(page.now))
    named = {seat.capacity: seat for seat in seats if seat.capacity not in CAPACITIES}
    return {capacity: f"{seat.title[page.language]} – {seat.post[page.language]}" for capacity, seat in named.items()}


def _person(account: AccountView, units: Mapping[str, Names], page: Page) -> str:
    unit = units[account.unit][page.language] if account.unit in units else account.unit
    return f"{account.name} – {unit}"
