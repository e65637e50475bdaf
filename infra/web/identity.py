"""What pages must know of accounts; the store that every service keeps from the board's messages fulfils it."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from infra.kernel.authority import Authority


class AccountFacts(Protocol):
    """What decides whether an account's session counts."""

    @property
    def active(self) -> bool:
        """The account is open and not closed for good."""

    @property
    def locked(self) -> bool:
        """Signing in is barred, such as after repeated failures."""

    @property
    def must_change_password(self) -> bool:
        """The first password has not been changed yet."""

    @property
    def sessions_valid_from(self) -> datetime | None:
        """Sessions signed in before this instant have ended; None when none were ended so."""


class AuthorityStore(Protocol):
    """A service's own copy of who holds what, and of what is known of accounts."""

    def current(self) -> Authority:
        """Return all holdings and delegations known by now."""

    def account(self, account: UUID) -> AccountFacts | None:
        """Return what is known of an account, None when it is not known (yet)."""

    def session_ended(self, session: UUID) -> bool:
        """Tell whether this one session was ended, such as by signing out."""
