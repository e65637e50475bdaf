"""Who may act, as a service knows it: holdings, delegations, accounts and ended sessions, fed by the board's events."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pymongo.database import Database

from infra.kernel.authority import Authority, Delegation, Holding, Term
from infra.read_store.rows import MakeRows, Put, Row, Rows

AUTHORITY_ROWS = "authority"
"""Name of the collection; each service that asks who may act keeps its own."""


@dataclass(frozen=True, slots=True)
class AccountStanding:
    """Whether an account may be used, and from when on its sessions count (`infra.web.identity.AccountFacts`)."""

    account: UUID
    active: bool
    locked_until: datetime | None
    sessions_valid_from: datetime
    must_change_password: bool

    @property
    def locked(self) -> bool:
        """Whether open sessions are barred: never. A lock-out bars new sign-ins only, and the board does that.

        Otherwise anybody could throw an officer out by mistyping a password five times.
        """
        return False


class AuthorityStore:
    """The rows behind every question of who may act.

    The changes come from `services.board.messages.authority_changes`, in the order of the board's log; a change heard
    again, or from the beginning, leaves the same rows.
    """

    def __init__(self, store: Database[dict[str, Any]], made: MakeRows = Rows) -> None:
        self.rows = made(store[AUTHORITY_ROWS])

    def prepare(self) -> None:
        """Make sure that the rows are found quickly. Repeating it does nothing."""
        self.rows.index("kind")

    def apply(self, changes: Iterable[tuple[str, Mapping[str, object]]], position: int) -> None:
        """Set fields of rows, each given by its key, as of the position of one event of the board's log."""
        self.rows.apply(Put(key, fields, position) for key, fields in changes)

    def current(self) -> Authority:
        """Return every holding and delegation known by now, past and future ones included."""
        rows = tuple(self.rows.each({"kind": {"$in": ["holding", "delegation"]}}))
        return Authority(
            tuple(_holding(row) for row in rows if row["kind"] == "holding"),
            tuple(_delegation(row) for row in rows if row["kind"] == "delegation"),
        )

    def account(self, account: UUID) -> AccountStanding | None:
        """Return how an account stands, or None when the board has issued none with this id."""
        row = self.rows.get(f"account/{account}")
        return _standing(account, row) if row else None

    def session_ended(self, session: UUID) -> bool:
        """Tell whether somebody has signed out of the session."""
        return self.rows.get(f"session/{session}") is not None


def _term(row: Row) -> Term:
    return Term(datetime.fromisoformat(row["since"]), _instant(row["until"]))


def _holding(row: Row) -> Holding:
    return Holding(UUID(row["account"]), row["capacity"], _term(row))


def _delegation(row: Row) -> Delegation:
    return Delegation(row["giver"], row["receiver"], row["scope"], row["number"], _term(row))


def _standing(account: UUID, row: Row) -> AccountStanding:
    return AccountStanding(
        account,
        active=row["active"],
        locked_until=_instant(row["locked_until"]),
        sessions_valid_from=datetime.fromisoformat(row["sessions_valid_from"]),
        must_change_password=row["must_change_password"],
    )


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
