"""Who could have acted at an instant: offices, teams and delegations as the board's log had them then.

The log itself is read, not a read model: the answer is that of the instant, whatever was registered, changed or erased since.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any, Protocol

from infra.event_store import LogEntry
from infra.kernel.authority import Term
from infra.kernel.powers import Deed, Power
from services.board import messages as board

AUTHORITY_TOPICS = (
    board.OFFICE_APPOINTED,
    board.OFFICE_RELEASED,
    board.TEAM_ADMITTED,
    board.TEAM_DISMISSED,
    board.DELEGATION_GIVEN,
    board.DELEGATION_REVOKED,
    board.COLLABORATOR_REGISTERED,
    board.COLLABORATOR_CONTRACT_RENEWED,
    board.COLLABORATOR_STRUCK_OFF,
    board.ACCOUNT_SUSPENDED,
    board.ACCOUNT_RESTORED,
    board.ACCOUNT_PERSON_ERASED,
)
_PAGE = 500


class BoardLog(Protocol):
    """The board's own log to read, as `infra.event_store`'s reader is."""

    def head(self) -> int:
        """Return the position of the last event."""

    def select(self, after: int, limit: int, until: int | None, topics: Sequence[str] = ()) -> list[LogEntry]:
        """Return at most `limit` entries of some topics after a position up to and with `until`."""


@dataclass(frozen=True, slots=True)
class Mandate:
    """Somebody holds a capacity for a term; `entry` is the event that says so, `cut_by` the one that ended it early."""

    account: str
    capacity: str
    term: Term
    clause: str
    decision: str
    entry: str
    recorded_at: datetime
    cut_by: str


@dataclass(frozen=True, slots=True)
class Given:
    """One office lets another do one thing for it, for a term, by a numbered decision."""

    giver: str
    receiver: str
    scope: str
    number: str
    term: Term
    clause: str
    entry: str
    recorded_at: datetime
    cut_by: str


@dataclass(frozen=True, slots=True)
class Standing:
    """The board as its log had it at an instant: who held what, which delegations were in force, whose account was shut."""

    mandates: tuple[Mandate, ...]
    delegations: tuple[Given, ...]
    suspended: frozenset[str]

    def holding(self, capacity: str) -> tuple[Mandate, ...]:
        """Return who held a capacity."""
        return tuple(mandate for mandate in self.mandates if mandate.capacity == capacity)

    def delegation(self, power: Power) -> Given | None:
        """Return the delegation in force that a power needs."""
        wanted = (power.on_behalf_of, power.capacity, power.scope)
        return next((d for d in self.delegations if (d.giver, d.receiver, d.scope) == wanted), None)


@dataclass(frozen=True, slots=True)
class Able:
    """Somebody who held the right office.

    `barred` says why this person could not act all the same: "suspended" (the account was shut), "sender" (had done step
    1 of the same item), or empty.
    """

    mandate: Mandate
    barred: str


@dataclass(frozen=True, slots=True)
class Way:
    """One way in which something could be done at the instant: under which power, by delegation or not, by whom."""

    power: Power
    delegation: Given | None
    people: tuple[Able, ...]

    @property
    def open(self) -> bool:
        """Tell whether anybody could go it."""
        delegated = not self.power.on_behalf_of or self.delegation is not None
        return delegated and any(not able.barred for able in self.people)


@dataclass(frozen=True, slots=True)
class _Recorded:
    entry: str
    at: datetime
    topic: str
    subject: str
    data: Mapping[str, Any]
    changes: tuple[board.RowChange, ...]


class Powers:
    """Answers for any instant. What was read of the log is kept: events do not change, and these are few."""

    def __init__(self, log: BoardLog) -> None:
        self._log = log
        self._read: list[_Recorded] = []
        self._position = 0
        self._reads = Lock()

    def at(self, instant: datetime) -> Standing:
        """Return the board as it was known at the instant, by what had been recorded until then."""
        return _standing((each for each in self._events() if each.at <= instant), instant)

    def registered_later(self, instant: datetime) -> tuple[Mandate, ...]:
        """Return who held something at the instant by what was recorded only afterwards: they could not act yet."""
        then = {(mandate.account, mandate.capacity) for mandate in self.at(instant).mandates}
        now = _standing(self._events(), instant).mandates
        return tuple(mandate for mandate in now if (mandate.account, mandate.capacity) not in then)

    def erased(self) -> frozenset[str]:
        """Return the accounts whose owners have been erased by now."""
        return frozenset(each.subject for each in self._events() if each.topic == board.ACCOUNT_PERSON_ERASED)

    def _events(self) -> Sequence[_Recorded]:
        with self._reads:
            head = self._log.head()
            while self._position < head:
                page = self._log.select(self._position, _PAGE, head, AUTHORITY_TOPICS)
                self._read += [_recorded(entry) for entry in page]
                self._position = page[-1].position if len(page) == _PAGE else head
            return tuple(self._read)


def ways(deed: Deed, standing: Standing, clause: str = "", sender: str = "") -> tuple[Way, ...]:
    """Return how a deed could be done as things stood.

    `clause` is the one under which it was done, if it was; `sender` is who had done what bars from it.
    """
    barred_by_sending = sender if deed.not_after else ""
    return tuple(
        Way(
            power,
            standing.delegation(power),
            tuple(
                Able(mandate, _barred(mandate.account, standing, barred_by_sending))
                for mandate in standing.holding(power.capacity)
            ),
        )
        for power in deed.under(clause)
    )


def _barred(account: str, standing: Standing, sender: str) -> str:
    if account in standing.suspended:
        return "suspended"
    return "sender" if account == sender else ""


def _recorded(entry: LogEntry) -> _Recorded:
    data = json.loads(entry.state)
    changes = board.authority_changes(entry.topic, entry.originator_id, data)
    at = datetime.fromisoformat(data["timestamp"])
    return _Recorded(f"board/{entry.position}", at, entry.topic, str(entry.originator_id), data, changes)


def _standing(events: Iterable[_Recorded], instant: datetime) -> Standing:
    rows: dict[str, dict[str, Any]] = {}
    for event in events:
        for row, fields in event.changes:
            known = rows.setdefault(row, {"entry": event.entry, "cut_by": "", **_grounds(event)})
            known |= {**fields, "cut_by": "" if known["entry"] == event.entry else event.entry}
    held = (_mandate(row) for row in rows.values() if row.get("kind") == "holding")
    given = (_given(row) for row in rows.values() if row.get("kind") == "delegation")
    shut = (name.removeprefix("account/") for name, row in rows.items() if row.get("active") is False)
    return Standing(
        tuple(mandate for mandate in held if mandate.term.contains(instant)),
        tuple(delegation for delegation in given if delegation.term.contains(instant)),
        frozenset(shut),
    )


def _grounds(event: _Recorded) -> dict[str, Any]:
    decision = event.data.get("decision") or event.data.get("contract") or ""
    return {"clause": event.data["clause"], "decision": decision, "recorded_at": event.at}


def _mandate(row: Mapping[str, Any]) -> Mandate:
    named = ("account", "capacity", "clause", "decision", "entry", "recorded_at", "cut_by")
    return Mandate(term=_term(row), **{name: row[name] for name in named})


def _given(row: Mapping[str, Any]) -> Given:
    named = ("giver", "receiver", "scope", "number", "clause", "entry", "recorded_at", "cut_by")
    return Given(term=_term(row), **{name: row[name] for name in named})


def _term(row: Mapping[str, Any]) -> Term:
    until = row["until"]
    return Term(datetime.fromisoformat(row["since"]), datetime.fromisoformat(until) if until else None)
