"""Sessions of staff: a signed cookie says who signed in, the local authority store whether that still counts."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from itsdangerous import BadSignature, URLSafeSerializer

from infra.kernel.act import Act
from infra.web.house import House
from infra.web.identity import AccountFacts, AuthorityStore


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What the board knows when somebody has signed in. `name` is shown in the header."""

    account: UUID
    session: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Ticket:
    """What the cookie says; its signature was good, nothing else is known of it yet."""

    who: SignedIn
    signed_in_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody signed in, at one request."""

    account: UUID
    id: UUID
    name: str
    at: datetime
    capacities: frozenset[str]
    must_change_password: bool = False

    def holds(self, capacity: str) -> bool:
        """Tell whether the account holds the capacity at this instant."""
        return capacity in self.capacities

    def act(self, capacity: str, correlation: UUID) -> Act:
        """Make the act of this account, in this capacity, at this instant. Commands decide whether it may."""
        return Act(account=self.account, capacity=capacity, at=self.at, correlation=correlation)


class Sessions:
    """Seals and opens session cookies, and tells which still count."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._seal = URLSafeSerializer(house.session_key, salt="infra.web.sessions")

    @property
    def cookie_name(self) -> str:
        """The cookie's name; over https no other host may set it."""
        return "__Host-staff" if self._house.encrypted else "staff"

    def begin(self, who: SignedIn, now: datetime) -> str:
        """Return the cookie's value for somebody who has just signed in."""
        return self.sealed(Ticket(who, signed_in_at=now, seen_at=now))

    def sealed(self, ticket: Ticket) -> str:
        """Return the cookie's value for a ticket."""
        who = ticket.who
        value = {
            "a": who.account.hex,
            "s": who.session.hex,
            "n": who.name,
            "i": ticket.signed_in_at.isoformat(),
            "l": ticket.seen_at.isoformat(),
        }
        return str(self._seal.dumps(value))

    def ticket(self, cookie: str | None) -> Ticket | None:
        """Open a cookie's value; None when it is absent or was not signed by us."""
        if not cookie:
            return None
        try:
            return _ticket(self._seal.loads(cookie))
        except (BadSignature, KeyError, TypeError, ValueError):
            return None

    def renewed(self, ticket: Ticket, now: datetime) -> str:
        """Return the cookie's value after another sign of life."""
        return self.sealed(replace(ticket, seen_at=now))

    def awake(self, ticket: Ticket, begun: datetime) -> bool:
        """Tell whether the browser had been active until shortly before a request of it began."""
        return begun - ticket.seen_at < self._house.idle

    def session(self, ticket: Ticket, identities: AuthorityStore, begun: datetime, now: datetime) -> Session | None:
        """Return the session if it counts now: in time, account open, not ended.

        `begun`: when the request began to come in. Who sends is not idle, so that a slow line signs nobody out.
        """
        in_time = self.awake(ticket, begun) and now - ticket.signed_in_at < self._house.longest
        if not in_time or identities.session_ended(ticket.who.session):
            return None
        facts = identities.account(ticket.who.account)
        if facts is None or not _counts(facts, ticket.signed_in_at):
            return None
        return Session(
            account=ticket.who.account,
            id=ticket.who.session,
            name=ticket.who.name,
            at=now,
            capacities=identities.current().capacities(ticket.who.account, now),
            must_change_password=facts.must_change_password,
        )


def _counts(facts: AccountFacts, signed_in_at: datetime) -> bool:
    valid_from = facts.sessions_valid_from
    since = valid_from is None or signed_in_at >= valid_from
    return facts.active and not facts.locked and since


def _ticket(value: dict[str, Any]) -> Ticket:
    return Ticket(
        SignedIn(account=UUID(hex=value["a"]), session=UUID(hex=value["s"]), name=str(value["n"])),
        signed_in_at=datetime.fromisoformat(value["i"]),
        seen_at=datetime.fromisoformat(value["l"]),
    )
