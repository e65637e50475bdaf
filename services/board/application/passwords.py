"""Passwords: hashed with argon2id, compared in equal time, kept where they can be erased."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from services.board.application.people import PeopleStore, password_key
from services.board.domain.account import Account

Kept = dict[str, Any] | None
"""A hash, `argon2id`, and those laid beside it, `waiting`: by request, each with the account's `version` at that time."""

_MEMORY_KIB = 19 * 1024


def hasher() -> PasswordHasher:
    """Return argon2id with 19 MiB, two passes, one lane: about 50 ms a password."""
    return PasswordHasher(time_cost=2, memory_cost=_MEMORY_KIB, parallelism=1, type=Type.ID)


@dataclass(frozen=True, slots=True)
class InForce:
    """Which password opens an account, by the log: the one that came with the request; with None, the first one."""

    account: UUID
    request: str | None = None


def in_force(account: Account) -> InForce:
    """Return which password opens the account as it was loaded."""
    return InForce(account.id, account.password_request)


class Passwords:
    """The hashes by account.

    A new one is laid beside the present one before its event is recorded, and counts from that event on: nothing that is
    broken off or overtaken between the two changes how somebody gets in.
    """

    def __init__(self, people: PeopleStore, hashing: PasswordHasher) -> None:
        self._people = people
        self._hashing = hashing
        self._nobodys = hashing.hash("nobody's password")

    def matches(self, present: InForce, password: str) -> bool:
        """Tell whether this password opens the account; an unknown account takes as long as a known one."""
        kept = self._people.get(password_key(present.account))
        try:
            right = self._hashing.verify(_hash(kept, present) if kept else self._nobodys, password)
        except (VerificationError, InvalidHashError):
            return False
        return right and kept is not None

    def hashed(self, password: str) -> str:
        """Return the hash to keep of a password."""
        return self._hashing.hash(password)

    def put(self, account: UUID, password: str) -> None:
        """Keep the hash of the first password."""
        self._people.put(password_key(account), {"argon2id": self.hashed(password)})

    def lay_beside(self, present: InForce, version: int, hashed: str, request: UUID) -> bool:
        """Keep the hash of another password, which counts once the log has it that it came with the request.

        `version` is that of the account as it was loaded: what others laid beside earlier can no longer be recorded.
        Returns False when somebody else has changed what is kept at the same moment.
        """
        key = password_key(present.account)
        kept = self._people.get(key)
        waiting = {name: each for name, each in _waiting(kept).items() if each["version"] >= version}
        waiting[str(request)] = {"argon2id": hashed, "version": version}
        return self._people.swap(key, kept, {"argon2id": _hash(kept, present), "waiting": waiting})

    def erase(self, account: UUID) -> None:
        """Forget the hashes for ever."""
        self._people.erase(password_key(account))


def _waiting(kept: Kept) -> dict[str, Any]:
    return kept.get("waiting", {}) if kept else {}


def _hash(kept: Kept, present: InForce) -> str:
    """Return the hash that counts: once another password is on its way, that of the present one is the record's own."""
    waiting = _waiting(kept)
    if present.request in waiting:
        return str(waiting[present.request]["argon2id"])
    return str(kept["argon2id"]) if kept else ""
