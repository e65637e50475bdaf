"""Where names, logins and password hashes are kept: outside the log, and erasable."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol
from uuid import UUID


class PeopleStore(Protocol):
    """What use cases ask of `infra.read_store.people.People`."""

    def put(self, key: str, record: Mapping[str, Any]) -> str:
        """Keep a record; return its salted hash."""

    def get(self, key: str) -> dict[str, Any] | None:
        """Return the record, if there is one."""

    def swap(self, key: str, before: Mapping[str, Any] | None, record: Mapping[str, Any]) -> bool:
        """Keep a record in place of exactly that earlier one; returns whether it was still there."""

    def names_of(self, keys: Iterable[str]) -> dict[str, str]:
        """Return the names of those who have a record, by key."""

    def evidence(self, key: str) -> tuple[dict[str, Any], bytes] | None:
        """Return a record with its salt, if there is one."""

    def erase(self, key: str) -> bool:
        """Delete record and salt for ever."""


def person_key(account: UUID) -> str:
    """Return the key of an account's owner."""
    return str(account)


def password_key(account: UUID) -> str:
    """Return the key of an account's password hash."""
    return f"password/{account}"


def collaborator_key(collaborator: UUID) -> str:
    """Return the key of a collaborator."""
    return f"collaborator/{collaborator}"
