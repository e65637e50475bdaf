"""The board's own log: where its aggregates are kept, and where it looks up who may act."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from pymongo.database import Database

from infra.event_store.application import CHANGED_MEANWHILE, ServiceApplication
from infra.kernel.act import Act
from infra.kernel.aggregate import Aggregate
from infra.kernel.offices import CONTENT_TEAM, REVIEWER, SYSTEM, TECHNICAL_TEAM
from infra.kernel.verdicts import Accepted, Refusal, Verdict
from services.board.domain.account import Account
from services.board.domain.attempt import Attempt
from services.board.domain.board import BOARD_ID, Board
from services.board.domain.office import Office, office_id
from services.board.domain.team import Team, team_id
from services.board.messages import ACCOUNT_HOLDER
from services.board.policy.qc2024_article_6 import paragraph_3_an_account_acts_within_an_office_held_today
from services.board.policy.qd2461_article_1 import setting_up_ends_when_the_board_opens

TEAMS = frozenset({CONTENT_TEAM, TECHNICAL_TEAM, REVIEWER})
"""Capacities that several people hold at once."""

TRIES = 8
"""So often an attempt on an account is made, when others overtake it; somebody who guesses at the door would do so."""


class BoardLog(ServiceApplication):
    """The board asks itself who may act: what it has recorded holds at once, without waiting for a read model."""

    name = "board"

    def __init__(self, log: Database[dict[str, Any]]) -> None:
        super().__init__(log, Attempt)

    def not_entitled(self, act: Act) -> Refusal | None:
        """Refuse an act in a capacity that its account does not hold at its instant (QC2024 Đ6.3)."""
        if act.capacity == SYSTEM:
            board = self.find(Board, BOARD_ID)
            return setting_up_ends_when_the_board_opens(act.capacity, opened=board is not None and board.opened)
        return paragraph_3_an_account_acts_within_an_office_held_today(held=self._holds(act))

    def unknown_account(self, account: UUID) -> Refusal | None:
        """Refuse to give anything to an account that was not issued, or whose owner was erased."""
        found = self.find(Account, account)
        if found is not None and not found.erased:
            return None
        return Refusal("QC2024 Đ10.1b", "account_unknown", about="account")

    def serves(self, account: UUID, seats: Iterable[str], at: datetime) -> bool:
        """Tell whether the account holds one of the seats or a place in a team at the instant, or will."""
        offices = (self.find(Office, office_id(seat)) for seat in seats)
        teams = (self.find(Team, team_id(team)) for team in TEAMS)
        terms = [a.term for office in offices if office for a in office.appointments.values() if a.account == account]
        terms += [place.term for team in teams if team for place in team.places.values() if place.account == account]
        return any(term.until is None or max(at, term.since) < term.until for term in terms)

    def answer(self, made: Aggregate | Refusal, *, act: Act, command: str) -> Verdict:
        """Save what a command has made, or pass on why it is refused."""
        if isinstance(made, Refusal):
            return self.settle(None, made, act=act, command=command)
        return self.settle(made, None, act=act, command=command)

    def _holds(self, act: Act) -> bool:
        if act.capacity == ACCOUNT_HOLDER:
            return True
        if act.capacity in TEAMS:
            team = self.find(Team, team_id(act.capacity))
            return team is not None and team.has(act.account, act.at)
        office = self.find(Office, office_id(act.capacity))
        return office is not None and office.holder(act.at) == act.account


def insist(attempt: Callable[[], Verdict]) -> Verdict:
    """Make an attempt anew as long as others overtake it, `TRIES` times at most.

    Each one loads anew what it decides on. Signing in is open to everybody: it must not keep anybody from closing an account.
    """
    verdict = attempt()
    for _ in range(TRIES - 1):
        if verdict != CHANGED_MEANWHILE:
            break
        verdict = attempt()
    return verdict


def already(aggregate: Aggregate) -> Accepted:
    """Answer a command that was carried out before."""
    return Accepted(aggregate.id, aggregate.version, 0)
