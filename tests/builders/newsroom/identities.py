"""Who is known in the sample newsroom, and its clock."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from infra.kernel.authority import Authority, Holding, Term
from infra.kernel.ids import natural_id
from infra.kernel.offices import CONTENT_TEAM, SECRETARY

LAN = natural_id("account", "lan")
HUNG = natural_id("account", "hung")
NAMES = {"lan": "Nguyễn Thị Lan", "hung": "Trần Văn Hùng"}
START = datetime(2025, 11, 20, 1, 0, tzinfo=UTC)


class SetClock:
    """A clock that tests turn."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass(frozen=True)
class Known:
    """Facts of one account."""

    active: bool = True
    locked: bool = False
    must_change_password: bool = False
    sessions_valid_from: datetime | None = None


@dataclass
class Identities:
    """The authority store as the tests fill it: Lan is of the content team, Hùng is secretary."""

    known: dict[UUID, Known] = field(default_factory=lambda: {LAN: Known(), HUNG: Known()})
    ended: set[UUID] = field(default_factory=set)
    holdings: tuple[Holding, ...] = (
        Holding(LAN, CONTENT_TEAM, Term(START - timedelta(days=1))),
        Holding(HUNG, SECRETARY, Term(START - timedelta(days=1))),
    )

    def current(self) -> Authority:
        return Authority(self.holdings)

    def account(self, account: UUID) -> Known | None:
        return self.known.get(account)

    def session_ended(self, session: UUID) -> bool:
        return session in self.ended
