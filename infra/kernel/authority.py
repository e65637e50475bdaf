"""Who may act in which capacity at an instant: offices, teams and delegations as every service knows them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Term:
    """A stretch of time that contains its first instant and not its last; `until` None is open."""

    since: datetime
    until: datetime | None = None

    def contains(self, at: datetime) -> bool:
        """Tell whether the instant lies in the term."""
        return self.since <= at and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True)
class Holding:
    """An account holds a capacity (an office, a place in a team) for a term."""

    account: UUID
    capacity: str
    term: Term


@dataclass(frozen=True, slots=True)
class Delegation:
    """One office lets another do one thing for it (`scope`, such as "publish"), for a term, by a numbered decision."""

    giver: str
    receiver: str
    scope: str
    number: str
    term: Term


@dataclass(frozen=True, slots=True)
class Authority:
    """All holdings and delegations known to a service, past ones included."""

    holdings: tuple[Holding, ...] = ()
    delegations: tuple[Delegation, ...] = ()

    def holds(self, account: UUID, capacity: str, at: datetime) -> bool:
        """Tell whether the account holds the capacity at the instant."""
        return capacity in self.capacities(account, at)

    def capacities(self, account: UUID, at: datetime) -> frozenset[str]:
        """Return every capacity that the account holds at the instant."""
        return frozenset(_held(self.holdings, account, at))

    def holder(self, capacity: str, at: datetime) -> UUID | None:
        """Return who holds an office at the instant; for a team, one of its members."""
        return next((h.account for h in self.holdings if h.capacity == capacity and h.term.contains(at)), None)

    def delegation(self, giver: str, receiver: str, scope: str, at: datetime) -> Delegation | None:
        """Return the delegation in force at the instant under which `receiver` may act for `giver`."""
        wanted = (giver, receiver, scope)
        return next(
            (d for d in self.delegations if (d.giver, d.receiver, d.scope) == wanted and d.term.contains(at)), None
        )


def _held(holdings: Iterable[Holding], account: UUID, at: datetime) -> Iterable[str]:
    return (h.capacity for h in holdings if h.account == account and h.term.contains(at))
