"""What pages and other services ask of the board: the board at an instant, accounts, collaborators, names."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from infra.kernel.authority import Term
from infra.read_store.people import salted_hash
from infra.read_store.rows import Row
from services.board.application.people import PeopleStore, collaborator_key, person_key
from services.board.domain.terms import read_term
from services.board.messages import PersonName, PersonRecord
from services.board.profile import BoardProfile, Names, Seat, TeamEntry
from services.board.projections import BoardRows
from services.board.queries.views import (
    AccountView,
    CollaboratorView,
    DelegationView,
    SeatView,
    SessionView,
    TeamView,
    TermView,
)

_MOST_SESSION_AGE = timedelta(hours=24)
"""Older sessions have run out in any case and are not shown."""


class BoardQueries:
    """Answers from the read rows; a row may lag a moment behind the log."""

    def __init__(self, rows: BoardRows, people: PeopleStore, profile: BoardProfile) -> None:
        self._rows = rows
        self._people = people
        self._profile = profile

    def seats(self, at: datetime) -> tuple[SeatView, ...]:
        """Return every seat of that day with its holder at the instant."""
        terms = self._terms()
        return tuple(_seat(seat, terms.get(seat.capacity, ()), at) for seat in self._profile.seats(at))

    def seat(self, capacity: str, at: datetime) -> SeatView | None:
        """Return one seat of that day, None when the profile has none of this name."""
        return next((seat for seat in self.seats(at) if seat.seat.capacity == capacity), None)

    def teams(self, at: datetime) -> tuple[TeamView, ...]:
        """Return the teams of that day with their members at the instant."""
        terms, formed = self._terms(), {row["_id"] for row in self._rows.teams.each()}
        return tuple(
            _team(team, terms.get(team.capacity, ()), at, formed=team.capacity in formed)
            for team in self._profile.teams(at)
        )

    def team(self, capacity: str, at: datetime) -> TeamView | None:
        """Return one team of that day, None when the profile has none of this name."""
        return next((team for team in self.teams(at) if team.team.capacity == capacity), None)

    def delegations(self, at: datetime) -> tuple[DelegationView, ...]:
        """Return all delegations, the latest first, each with its state at the instant."""
        views = [_delegation(row, at) for row in self._rows.delegations.each()]
        return tuple(sorted(views, key=lambda view: view.term.since, reverse=True))

    def delegation(self, delegation: UUID, at: datetime) -> DelegationView | None:
        """Return one delegation."""
        return next((view for view in self.delegations(at) if view.id == delegation), None)

    def accounts(self, at: datetime) -> tuple[AccountView, ...]:
        """Return all accounts by name."""
        authority = self._rows.authority.current()
        rows = self._rows.accounts.each()
        views = [self._account(row, authority.capacities(UUID(row["_id"]), at), at) for row in rows]
        return tuple(sorted(views, key=lambda view: (view.name.split(" ")[-1], view.name)))

    def account(self, account: UUID, at: datetime) -> AccountView | None:
        """Return one account."""
        row = self._rows.accounts.get(str(account))
        return self._account(row, self._rows.authority.current().capacities(account, at), at) if row else None

    def sessions(self, account: UUID, at: datetime) -> tuple[SessionView, ...]:
        """Return the sessions of an account that still count, the latest first."""
        standing = self._rows.authority.account(account)
        if standing is None or not standing.active:
            return ()
        since = max(standing.sessions_valid_from, at - _MOST_SESSION_AGE)
        rows = self._rows.sessions.each({"account": str(account), "ended_at": None})
        begun = [SessionView(UUID(row["_id"]), datetime.fromisoformat(row["begun_at"])) for row in rows]
        counting = [session for session in begun if session.begun_at >= since]
        return tuple(sorted(counting, key=lambda session: session.begun_at, reverse=True))

    def collaborators(self, at: datetime) -> tuple[CollaboratorView, ...]:
        """Return all collaborators by name, each with its state at the instant."""
        views = [self._collaborator(row, at) for row in self._rows.collaborators.each()]
        return tuple(sorted(views, key=lambda view: view.name))

    def collaborator(self, collaborator: UUID, at: datetime) -> CollaboratorView | None:
        """Return one collaborator."""
        return next((view for view in self.collaborators(at) if view.id == collaborator), None)

    def units(self, at: datetime) -> dict[str, Names]:
        """Return the names of the units of that day."""
        return self._profile.units(at)

    def fields(self, at: datetime) -> dict[str, Names]:
        """Return the names of the fields of that day in which collaborators write."""
        return {field.slug: field.name for field in self._profile.fields(at)}

    def people_of(self, accounts: Iterable[UUID]) -> tuple[PersonName, ...]:
        """Return the names of the accounts' owners; an erased or unknown one has none."""
        asked = list(accounts)
        names = self._people.names_of(str(account) for account in asked)
        return tuple(PersonName(account, names.get(str(account), "")) for account in asked)

    def records_of(self, accounts: Iterable[UUID]) -> tuple[PersonRecord, ...]:
        """Return the records of the accounts' owners with their salts; erased and unknown ones are left out."""
        known = ((str(account), self._people.evidence(person_key(account))) for account in accounts)
        return tuple(_evident(key, *evidence) for key, evidence in known if evidence is not None)

    def _terms(self) -> Mapping[str, tuple[TermView, ...]]:
        rows = sorted(self._rows.terms.each(), key=lambda row: datetime.fromisoformat(row["since"]))
        names = self._people.names_of({row["account"] for row in rows} | {row["recorded_by"] for row in rows})
        found: dict[str, tuple[TermView, ...]] = {}
        for row in rows:
            found[row["capacity"]] = (*found.get(row["capacity"], ()), _term(row, names))
        return found

    def _account(self, row: Row, capacities: frozenset[str], at: datetime) -> AccountView:
        person = self._people.get(row["_id"]) or {}
        locked_until = _instant(row["locked_until"])
        locked = row["state"] == "active" and locked_until is not None and at < locked_until
        return AccountView(
            id=UUID(row["_id"]),
            name=person.get("name", ""),
            login=person.get("login", ""),
            unit=row["unit"],
            state="locked" if locked else row["state"],
            capacities=tuple(sorted(capacities)),
            must_change_password=row["must_change_password"],
            signed_in_at=_instant(row["signed_in_at"]),
            issued_at=datetime.fromisoformat(row["issued_at"]),
            locked_until=locked_until if locked else None,
            failures=row["failures"],
            ground=row["ground"],
        )

    def _collaborator(self, row: Row, at: datetime) -> CollaboratorView:
        person, term = self._people.get(collaborator_key(UUID(row["_id"]))) or {}, _read(row)
        return CollaboratorView(
            id=UUID(row["_id"]),
            name=person.get("name", ""),
            contact=person.get("contact", ""),
            field=row["field"],
            steered_by=row["steered_by"],
            unit=row["unit"],
            state_employee=row["state_employee"],
            contract=row["contract"],
            term=term,
            state=_state(term, at),
            account=UUID(row["account"]) if row["account"] else None,
        )


def _evident(key: str, record: Mapping[str, Any], salt: bytes) -> PersonRecord:
    return PersonRecord(key, record, salt.hex(), salted_hash(salt, record))


def _seat(seat: Seat, history: tuple[TermView, ...], at: datetime) -> SeatView:
    return SeatView(seat, next((term for term in history if term.term.contains(at)), None), history)


def _team(team: TeamEntry, history: tuple[TermView, ...], at: datetime, *, formed: bool) -> TeamView:
    return TeamView(team, formed, tuple(term for term in history if term.term.contains(at)), history)


def _term(row: Row, names: Mapping[str, str]) -> TermView:
    return TermView(
        id=UUID(row["_id"]),
        account=UUID(row["account"]),
        name=names.get(row["account"], ""),
        term=_read(row),
        decision=row["decision"],
        decided_on=date.fromisoformat(row["decided_on"]),
        clause=row["clause"],
        recorded_at=datetime.fromisoformat(row["recorded_at"]),
        recorded_by=names.get(row["recorded_by"], ""),
        recorded_as=row["recorded_as"],
        ended_by=row["ended_by"],
    )


def _delegation(row: Row, at: datetime) -> DelegationView:
    term = _read(row)
    state = _state(term, at)
    return DelegationView(
        id=UUID(row["_id"]),
        giver=row["giver"],
        receiver=row["receiver"],
        scope=row["scope"],
        number=row["number"],
        decided_on=date.fromisoformat(row["decided_on"]),
        term=term,
        clause=row["clause"],
        state="revoked" if state == "ended" and row["revoked_by"] else state,
        revoked_by=row["revoked_by"],
    )


def _state(term: Term, at: datetime) -> str:
    if term.contains(at):
        return "active"
    return "coming" if at < term.since and (term.until is None or term.until > term.since) else "ended"


def _read(row: Row) -> Term:
    return read_term(row["since"], row["until"])


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
