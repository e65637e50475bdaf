"""The board's application with its log and its people in memory, and a demo board to try commands on."""

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from argon2 import PasswordHasher
from eventsourcing.persistence import InfrastructureFactory
from eventsourcing.popo import POPOFactory
from eventsourcing.utils import Environment

from infra.kernel.act import Act
from infra.kernel.authority import Term
from infra.kernel.canonical import canonical_json
from infra.kernel.ids import natural_id
from infra.kernel.verdicts import Accepted, Verdict
from services.board.application.accounts import Accounts, NewAccount, Vault
from services.board.application.collaborators import Collaborators
from services.board.application.delegations import Delegations
from services.board.application.founding import Founding
from services.board.application.log import BoardLog
from services.board.application.offices import Offices
from services.board.application.passwords import Passwords
from services.board.application.sign_in import SignIn
from services.board.application.teams import Admission, Teams
from services.board.domain.office import Appointment
from services.board.profile import BoardProfile
from tests.builders.board import DECISION, NOON, account_of, act_of

PROFILE = BoardProfile.read(Path("profiles/binh-phuoc"))
PASSWORD = "Rừng cao su 2026!"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""As the real one in everything but cost."""


class MemoryLog(BoardLog):
    def __init__(self) -> None:
        super().__init__(cast(Any, None))

    def construct_factory(self, env: Environment) -> InfrastructureFactory:
        return POPOFactory(env)

    def topics(self, after: int = 0) -> list[str]:
        """Return the topics of all events after a position."""
        return [entry.topic for entry in self.recorder.select_notifications(after + 1, 10_000)]

    def states(self) -> list[bytes]:
        return [entry.state for entry in self.recorder.select_notifications(1, 10_000)]

    @property
    def head(self) -> int:
        return self.recorder.max_notification_id() or 0


class MemoryPeople:
    def __init__(self) -> None:
        self.records: dict[str, tuple[bytes, dict[str, Any]]] = {}

    def put(self, key: str, record: Mapping[str, Any]) -> str:
        salt = self.records[key][0] if key in self.records else secrets.token_bytes(16)
        self.records[key] = (salt, dict(record))
        return hashlib.sha256(salt + canonical_json(dict(record))).hexdigest()

    def get(self, key: str) -> dict[str, Any] | None:
        return dict(self.records[key][1]) if key in self.records else None

    def swap(self, key: str, before: Mapping[str, Any] | None, record: Mapping[str, Any]) -> bool:
        still = self.get(key) == before
        if still:
            self.put(key, record)
        return still

    def names_of(self, keys: Iterable[str]) -> dict[str, str]:
        return {key: self.records[key][1]["name"] for key in keys if key in self.records}

    def evidence(self, key: str) -> tuple[dict[str, Any], bytes] | None:
        return (dict(self.records[key][1]), self.records[key][0]) if key in self.records else None

    def erase(self, key: str) -> bool:
        return self.records.pop(key, None) is not None


@dataclass
class BoardInMemory:
    """All use cases over one log, and shorthands for what nearly every test needs first."""

    log: Any = field(default_factory=MemoryLog)
    people: Any = field(default_factory=MemoryPeople)

    def __post_init__(self) -> None:
        self.passwords = Passwords(self.people, CHEAP)
        self.founding = Founding(self.log, PROFILE)
        self.offices = Offices(self.log)
        self.teams = Teams(self.log, PROFILE)
        self.delegations = Delegations(self.log)
        self.accounts = Accounts(self.log, PROFILE, Vault(self.people, self.passwords))
        self.door = SignIn(self.log, PROFILE, self.passwords)
        self.collaborators = Collaborators(self.log, PROFILE, self.people)

    def issue(self, login: str, act: Act, unit: str = "centre") -> Verdict:
        return self.accounts.issue(NewAccount(login, f"Người {login}", unit), PASSWORD, act=act)

    def appoint(self, capacity: str, login: str, act: Act, since: datetime = NOON) -> Verdict:
        appointment = Appointment(natural_id(capacity, login, str(since)), account_of(login), Term(since))
        return self.offices.appoint(capacity, appointment, DECISION, act=act)

    def admit(self, team: str, login: str, act: Act) -> Verdict:
        admission = Admission(natural_id(team, login), account_of(login), Term(NOON))
        return self.teams.admit(team, admission, DECISION, act=act)


def a_staffed_board(board: BoardInMemory | None = None) -> BoardInMemory:
    """Return an open board with head, standing deputy, secretary, the two teams with tech1 and editor1, and reviewer."""
    board = board or BoardInMemory()
    steps = [board.founding.found("binh-phuoc", act=act_of("set-up", "system"))]
    people = ("head", "standing-deputy", "secretary", "tech1", "editor1", "reviewer")
    steps += [board.issue(login, act_of("set-up", "system", request=login)) for login in people]
    steps += [board.appoint(seat, seat, act_of("set-up", "system", request=seat)) for seat in people[:2]]
    steps.append(board.founding.open(act=act_of("set-up", "system")))
    by_the_deputy = act_of("standing-deputy", "standing-deputy")
    steps.append(board.appoint("secretary", "secretary", by_the_deputy))
    for team, login in (("technical-team", "tech1"), ("content-team", "editor1"), ("reviewer", "reviewer")):
        steps.append(board.teams.form(team, DECISION, act=by_the_deputy))
        steps.append(board.admit(team, login, by_the_deputy))
    assert all(isinstance(step, Accepted) for step in steps), steps
    return board
