"""Passwords: hashed with argon2id, compared in equal time, kept where they can be erased."""

from typing import Any
from uuid import UUID

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from services.board.application.people import PeopleStore, password_key

_MEMORY_KIB = 19 * 1024


def hasher() -> PasswordHasher:
    """Return argon2id with 19 MiB, two passes, one lane: about 50 ms a password."""
    return PasswordHasher(time_cost=2, memory_cost=_MEMORY_KIB, parallelism=1, type=Type.ID)


class Passwords:
    """The hashes by account."""

    def __init__(self, people: PeopleStore, hashing: PasswordHasher) -> None:
        self._people = people
        self._hashing = hashing
        self._nobodys = hashing.hash("nobody's password")

    def matches(self, account: UUID, password: str) -> bool:
        """Tell whether the password is the account's; an unknown account takes as long as a known one."""
        kept = self._people.get(password_key(account))
        try:
            right = self._hashing.verify(kept["argon2id"] if kept else self._nobodys, password)
        except (VerificationError, InvalidHashError):
            return False
        return right and kept is not None

    def put(self, account: UUID, password: str) -> dict[str, Any] | None:
        """Keep the hash of a new password; returns what was kept before, for `restore`."""
        before = self._people.get(password_key(account))
        self._people.put(password_key(account), {"argon2id": self._hashing.hash(password)})
        return before

    def restore(self, account: UUID, before: dict[str, Any] | None) -> None:
        """Put back what was kept before a change that was not recorded."""
        if before is None:
            self.erase(account)
        else:
            self._people.put(password_key(account), before)

    def erase(self, account: UUID) -> None:
        """Forget the hash for ever."""
        self._people.erase(password_key(account))
