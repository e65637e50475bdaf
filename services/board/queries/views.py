"""The board as pages show it: frozen views over read rows, at an instant."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from infra.kernel.authority import Term
from services.board.profile import Seat, TeamEntry


def last_instant(term: Term) -> datetime | None:
    """Return the last instant of a term, for people say "until the 31st" and not "before the 1st"; None is open."""
    return None if term.until is None else term.until - timedelta.resolution


@dataclass(frozen=True, slots=True)
class TermView:
    """Somebody's time in a seat or a team; `name` is empty once the person was erased."""

    id: UUID
    account: UUID
    name: str
    term: Term
    decision: str
    decided_on: date
    clause: str
    recorded_at: datetime
    recorded_by: str
    recorded_as: str
    ended_by: str | None

    @property
    def last(self) -> datetime | None:
        """The last instant; None when it is open."""
        return last_instant(self.term)


@dataclass(frozen=True, slots=True)
class SeatView:
    """A seat on a day, with who holds it at the instant and everybody who did or will."""

    seat: Seat
    holder: TermView | None
    history: tuple[TermView, ...]


@dataclass(frozen=True, slots=True)
class TeamView:
    """A team on a day: `members` at the instant, all places with their terms, and the limit (None: none)."""

    team: TeamEntry
    formed: bool
    members: tuple[TermView, ...]
    history: tuple[TermView, ...]

    @property
    def limit(self) -> int | None:
        """The most people that the norm of the day allows."""
        return self.team.rules.limit


@dataclass(frozen=True, slots=True)
class DelegationView:
    """A delegation, and `state` at the instant: active, ended, revoked or coming."""

    id: UUID
    giver: str
    receiver: str
    scope: str
    number: str
    decided_on: date
    term: Term
    clause: str
    state: str
    revoked_by: str | None

    @property
    def last(self) -> datetime | None:
        """The last instant; None when it is open."""
        return last_instant(self.term)


@dataclass(frozen=True, slots=True)
class AccountView:
    """An account as the technical team sees it; `state` is active, locked, suspended or erased."""

    id: UUID
    name: str
    login: str
    unit: str
    state: str
    capacities: tuple[str, ...]
    must_change_password: bool
    signed_in_at: datetime | None
    issued_at: datetime
    locked_until: datetime | None
    failures: int
    ground: str | None


@dataclass(frozen=True, slots=True)
class SessionView:
    """A session of an account that still counts."""

    id: UUID
    begun_at: datetime


@dataclass(frozen=True, slots=True)
class CollaboratorView:
    """A collaborator with the last contract; `state` at the instant: active, ended or coming."""

    id: UUID
    name: str
    contact: str
    field: str
    steered_by: str
    unit: str
    state_employee: bool
    contract: str
    term: Term
    state: str
    account: UUID | None

    @property
    def last(self) -> datetime | None:
        """The last instant; None when it is open."""
        return last_instant(self.term)
