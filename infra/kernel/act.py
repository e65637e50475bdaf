"""An act: who does something, in which capacity, on whose behalf, and when."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Self
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Act:
    """Made at the door, passed to every command, carried by every event.

    `account` is the account's id; `capacity` the office or team it acts for (see `infra.kernel.offices`);
    `on_behalf_of` the office that delegated, with `delegation` its decision number; `at` is aware and in UTC;
    `correlation` ties together all that followed from one request.
    """

    account: UUID
    capacity: str
    at: datetime
    correlation: UUID
    on_behalf_of: str | None = None
    delegation: str | None = None

    def __post_init__(self) -> None:
        """Refuse an instant without a time zone: it would not be the same instant everywhere."""
        if self.at.tzinfo is None:
            message = "an act needs an aware instant"
            raise ValueError(message)
        object.__setattr__(self, "at", self.at.astimezone(UTC))

    def for_office(self, office: str, delegation: str) -> Self:
        """Return the same act, done on behalf of the office that delegated it."""
        return replace(self, on_behalf_of=office, delegation=delegation)

    def as_record(self) -> dict[str, str | None]:
        """Return what an event stores of the act besides its time: flat, primitive, without personal data."""
        return {
            "account": str(self.account),
            "capacity": self.capacity,
            "correlation": str(self.correlation),
            "delegation": self.delegation,
            "on_behalf_of": self.on_behalf_of,
        }
