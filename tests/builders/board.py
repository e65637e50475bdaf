"""People, instants and decisions for tests of the board, and the board's application with its log in memory."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from infra.kernel.act import Act
from infra.kernel.authority import Term
from infra.kernel.ids import natural_id
from services.board.domain.account import Account, account_id
from services.board.domain.decision import Decision
from services.board.domain.erasure import Erasure
from services.board.domain.office import Office
from services.board.domain.team import Place, Team, TeamRules
from services.board.policy.level_3_security import AccountRules

NOON = datetime(2026, 3, 2, 5, tzinfo=UTC)
"""Monday noon in the province."""
DAY = timedelta(days=1)
DECISION = Decision("15/QĐ-STTTT", date(2026, 3, 2))
ERASURE = Erasure("asked", DECISION)
CENTRE = "centre"
FIVE = TeamRules("QC2024 Đ8.2", 5, CENTRE)
THREE = TeamRules("QC2024 Đ8.2", 3, CENTRE)
NO_LIMIT = TeamRules("QC2024 Đ18", None, None)
RULES = AccountRules(
    norm="accounts-2026", password_shortest=14, password_kinds=4, failures_before_lock=5, lock_hours=12
)


def account_of(login: str) -> UUID:
    return account_id(login)


def act_of(login: str, capacity: str, at: datetime = NOON, request: str = "request") -> Act:
    """Return an act of the account with this login; another `request` makes it another command."""
    return Act(account=account_of(login), capacity=capacity, at=at, correlation=natural_id(request, capacity, login))


def term(since: datetime = NOON, until: datetime | None = None) -> Term:
    return Term(since, until)


def an_office(capacity: str = "secretary") -> Office:
    office = Office.establish(capacity, "QD2461 Đ1.5", act=act_of("set-up", "system"))
    assert isinstance(office, Office)
    return office


def a_team(capacity: str = "content-team", rules: TeamRules = FIVE) -> Team:
    team = Team.form(capacity, rules, DECISION, act=act_of("standing-deputy", "standing-deputy"))
    assert isinstance(team, Team)
    return team


def a_place(login: str, since: datetime = NOON, until: datetime | None = None, unit: str = CENTRE) -> Place:
    return Place(natural_id("place", login, str(since)), account_of(login), unit, Term(since, until))


def an_account(login: str = "editor1") -> Account:
    account = Account.issue(account_of(login), CENTRE, "ab" * 32, act=act_of("tech1", "technical-team"))
    assert isinstance(account, Account)
    return account
