"""The board at a glance, at any instant."""

from datetime import UTC, datetime

from fastapi import APIRouter
from starlette.responses import Response

from infra.web.page import Page, StaffPage
from services.board.application import PROVINCE_TIME
from services.board.bootstrap import Desk
from services.board.ui.delegations import SCOPE_WORDS

_EARLIEST, _LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""Instants that people mean, and that exist in every time zone."""


class OverviewPages:
    """The picture of the seats, with the teams and the delegations beside it."""

    def __init__(self, desk: Desk) -> None:
        self._queries = desk.queries
        self._profile = desk.profile

    def router(self) -> APIRouter:
        """Every address of this area."""
        router = APIRouter()
        router.get("/")(self.board)
        return router

    def board(self, page: StaffPage) -> Response:
        """Show who holds which seat at the instant asked for, now by default."""
        at = asked_instant(page)
        seats = self._queries.seats(at)
        return page.render(
            "board.html",
            instant=at,
            is_now=at == page.now,
            asked=at.astimezone(PROVINCE_TIME).strftime("%Y-%m-%dT%H:%M"),
            words=SCOPE_WORDS,
            by_kind={
                kind: tuple(seat for seat in seats if seat.seat.kind == kind)
                for kind in ("member", "district", "invited")
            },
            leaders={seat.seat.kind: seat for seat in seats if seat.seat.kind not in {"member", "district", "invited"}},
            teams=self._queries.teams(at) if seats else (),
            delegations=tuple(view for view in self._queries.delegations(at) if view.state == "active"),
            decision=self._profile.founding(at) if seats else None,
        )


def asked_instant(page: Page) -> datetime:
    """Return the instant that the address asks for (`?at=2024-05-01T09:00`, province time); now if it asks for none."""
    text = page.request.query_params.get("at", "")
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        return page.now
    at = given if given.tzinfo else given.replace(tzinfo=PROVINCE_TIME)
    return at if _EARLIEST <= at <= _LATEST else page.now
