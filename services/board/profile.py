"""What the province's profile says of the board: seats, teams, units, fields and the norms about accounts, by day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Self

from infra.profile import Entry, in_force, read_profile
from services.board.domain.decision import PROVINCE_TIME, Decision
from services.board.domain.team import TeamRules
from services.board.policy.level_3_security import AccountRules

Names = Mapping[str, str]
"""A text by language."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat of the board: `title` on the board, `post` whose holder takes it, `clause` that says so."""

    capacity: str
    kind: str
    title: Names
    post: Names
    clause: str


@dataclass(frozen=True, slots=True)
class TeamEntry:
    """A team with what its norm says."""

    capacity: str
    title: Names
    rules: TeamRules


@dataclass(frozen=True, slots=True)
class Field:
    """What collaborators write about, and the seat that steers them."""

    slug: str
    name: Names
    steered_by: str


@dataclass(frozen=True, slots=True)
class BoardProfile:
    """The file `board.toml` with its dates."""

    content: Mapping[str, Any]

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read the profile from the province's folder."""
        return cls(read_profile(folder, "board"))

    def founding(self, at: datetime) -> Decision:
        """Return the decision that governs the board at the instant (QD2461 Đ3)."""
        entry = self._in_force("decision", at)[-1]
        return Decision(entry["number"], entry["signed_on"])

    def seats(self, at: datetime) -> tuple[Seat, ...]:
        """Return the seats of that day, in the order of the decision."""
        return tuple(
            Seat(entry["capacity"], entry["kind"], entry["title"], entry["post"], entry["clause"])
            for entry in self._in_force("office", at)
        )

    def teams(self, at: datetime) -> tuple[TeamEntry, ...]:
        """Return the teams of that day."""
        return tuple(
            TeamEntry(entry["capacity"], entry["title"], _rules(entry)) for entry in self._in_force("team", at)
        )

    def team_rules(self, capacity: str, at: datetime) -> TeamRules | None:
        """Return what the norm of that day says of a team; None when it knows no such team."""
        return next((team.rules for team in self.teams(at) if team.capacity == capacity), None)

    def account_rules(self, at: datetime) -> AccountRules:
        """Return the norm about accounts of that day."""
        entry = self._in_force("accounts", at)[-1]
        numbers = ("password_shortest", "password_kinds", "failures_before_lock", "lock_hours")
        return AccountRules(norm=entry["norm"], **{name: entry[name] for name in numbers})

    def units(self, at: datetime) -> dict[str, Names]:
        """Return the units of that day by slug."""
        return {entry["slug"]: entry["name"] for entry in self._in_force("unit", at)}

    def fields(self, at: datetime) -> tuple[Field, ...]:
        """Return the fields of that day in which collaborators write."""
        return tuple(Field(entry["slug"], entry["name"], entry["steered_by"]) for entry in self._in_force("field", at))

    def _in_force(self, kind: str, at: datetime) -> list[Entry]:
        return in_force(self.content[kind], day_of(at))


def day_of(at: datetime) -> date:
    """Return the day in the province."""
    return at.astimezone(PROVINCE_TIME).date()


def _rules(entry: Entry) -> TeamRules:
    return TeamRules(entry["clause"], entry.get("limit"), entry.get("unit"))
