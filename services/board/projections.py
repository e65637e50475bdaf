"""The read rows of the board: terms in seats and teams, delegations, accounts, sessions, collaborators."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from pymongo.database import Database

from infra.messaging.envelope import Envelope
from infra.read_store.authority import AuthorityStore
from infra.read_store.rows import MakeRows, Put, Rows
from services.board import messages
from services.board.messages import authority_changes

PROJECTOR = "board"
"""The name under which pages wait for these rows."""

Fields = Mapping[str, Any]
Change = Callable[[Envelope], tuple[str, Fields]]
"""What an event changes: the key of one row, and the fields that it gives it."""


class BoardRows:
    """Rows that the board's pages show, and the authority rows that its door asks."""

    def __init__(self, store: Database[dict[str, Any]], made: MakeRows = Rows) -> None:
        self.authority = AuthorityStore(store, made)
        self.terms = made(store["terms"])
        self.teams = made(store["teams"])
        self.delegations = made(store["delegations"])
        self.accounts = made(store["accounts"])
        self.sessions = made(store["sessions"])
        self.collaborators = made(store["collaborators"])
        self._known = (
            (self.terms, _TERMS),
            (self.teams, _TEAMS),
            (self.delegations, _DELEGATIONS),
            (self.accounts, _ACCOUNTS),
            (self.sessions, _SESSIONS),
            (self.collaborators, _COLLABORATORS),
        )

    @property
    def all(self) -> tuple[Rows, ...]:
        """Everything that the projector writes, in the place of which a rebuild may put what it has written."""
        return (self.authority.rows, *(rows for rows, _ in self._known))

    def prepare(self) -> None:
        """Make sure that rows are found quickly. Repeating it does nothing."""
        self.authority.prepare()
        self.terms.index("capacity")
        self.sessions.index("account")

    def project(self, envelopes: Sequence[Envelope]) -> None:
        """Change the rows by a batch of events; hearing one twice changes nothing."""
        for envelope in envelopes:
            changes = authority_changes(envelope.topic, envelope.subject, envelope.data)
            self.authority.apply(changes, envelope.position)
        for rows, known in self._known:
            rows.apply(_changes(envelopes, known))


def _changes(envelopes: Sequence[Envelope], known: Mapping[str, Change]) -> Iterator[Put]:
    for envelope in envelopes:
        change = known.get(envelope.topic)
        if change is not None:
            key, fields = change(envelope)
            yield Put(key, fields, envelope.position)


def _taken(data: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: data[name] for name in names}


def _registered_by(data: Mapping[str, Any]) -> dict[str, Any]:
    act = data["act"]
    return {"recorded_at": data["timestamp"], "recorded_by": act["account"], "recorded_as": act["capacity"]}


def _begun(key: str) -> Change:
    def change(envelope: Envelope) -> tuple[str, Fields]:
        data = envelope.data
        named = _taken(data, "capacity", "account", "since", "until", "decision", "decided_on", "clause")
        return data[key], {**named, **_registered_by(data), "ended_by": None}

    return change


def _ended(key: str) -> Change:
    def change(envelope: Envelope) -> tuple[str, Fields]:
        return envelope.data[key], {"until": envelope.data["until"], "ended_by": envelope.data["decision"]}

    return change


def _formed(envelope: Envelope) -> tuple[str, Fields]:
    return envelope.data["capacity"], {"formed_at": envelope.data["timestamp"], "decision": envelope.data["decision"]}


def _given(envelope: Envelope) -> tuple[str, Fields]:
    data = envelope.data
    named = _taken(data, "giver", "receiver", "scope", "number", "decided_on", "since", "until", "clause")
    return str(envelope.subject), {**named, **_registered_by(data), "revoked_by": None, "revoked_as": None}


def _revoked(envelope: Envelope) -> tuple[str, Fields]:
    data = envelope.data
    revoked = {"revoked_by": data["decision"], "revoked_as": data["act"]["capacity"]}
    return str(envelope.subject), {"until": data["until"], **revoked}


def _account(**fields: Any) -> Change:
    def change(envelope: Envelope) -> tuple[str, Fields]:
        return str(envelope.subject), fields

    return change


def _issued(envelope: Envelope) -> tuple[str, Fields]:
    data = envelope.data
    fresh = {
        "state": "active",
        "locked_until": None,
        "must_change_password": True,
        "signed_in_at": None,
        "ground": None,
    }
    return str(envelope.subject), {"unit": data["unit"], "issued_at": data["timestamp"], "failures": 0, **fresh}


def _let_in(envelope: Envelope) -> tuple[str, Fields]:
    return str(envelope.subject), {"signed_in_at": envelope.data["timestamp"], "failures": 0}


def _not_let_in(envelope: Envelope) -> tuple[str, Fields]:
    return str(envelope.subject), {"failures": envelope.data["failures"]}


def _locked_out(envelope: Envelope) -> tuple[str, Fields]:
    return str(envelope.subject), {"locked_until": envelope.data["until"]}


def _suspended(envelope: Envelope) -> tuple[str, Fields]:
    return str(envelope.subject), {"state": "suspended", "ground": envelope.data["ground"]}


def _session_begun(envelope: Envelope) -> tuple[str, Fields]:
    begun = {"account": str(envelope.subject), "begun_at": envelope.data["timestamp"], "ended_at": None}
    return envelope.data["session"], begun


def _session_ended(envelope: Envelope) -> tuple[str, Fields]:
    return envelope.data["session"], {"ended_at": envelope.data["timestamp"]}


def _registered(envelope: Envelope) -> tuple[str, Fields]:
    data = envelope.data
    named = _taken(data, "field", "steered_by", "unit", "account", "state_employee", "contract", "since", "until")
    return str(envelope.subject), {**named, **_registered_by(data)}


def _renewed(envelope: Envelope) -> tuple[str, Fields]:
    return str(envelope.subject), _taken(envelope.data, "state_employee", "contract", "since", "until")


def _struck_off(envelope: Envelope) -> tuple[str, Fields]:
    return str(envelope.subject), _taken(envelope.data, "until")


_TERMS: Mapping[str, Change] = {
    messages.OFFICE_APPOINTED: _begun("appointment"),
    messages.OFFICE_RELEASED: _ended("appointment"),
    messages.TEAM_ADMITTED: _begun("place"),
    messages.TEAM_DISMISSED: _ended("place"),
}
_TEAMS: Mapping[str, Change] = {messages.TEAM_FORMED: _formed}
_DELEGATIONS: Mapping[str, Change] = {messages.DELEGATION_GIVEN: _given, messages.DELEGATION_REVOKED: _revoked}
_ACCOUNTS: Mapping[str, Change] = {
    messages.ACCOUNT_ISSUED: _issued,
    messages.ACCOUNT_SIGNED_IN: _let_in,
    messages.ACCOUNT_SIGN_IN_REFUSED: _not_let_in,
    messages.ACCOUNT_LOCKED_OUT: _locked_out,
    messages.ACCOUNT_UNLOCKED: _account(locked_until=None),
    messages.ACCOUNT_PASSWORD_CHOSEN: _account(must_change_password=False),
    messages.ACCOUNT_PASSWORD_RESET: _account(must_change_password=True, locked_until=None, failures=0),
    messages.ACCOUNT_SUSPENDED: _suspended,
    messages.ACCOUNT_RESTORED: _account(state="active", ground=None),
    messages.ACCOUNT_PERSON_ERASED: _account(state="erased"),
}
_SESSIONS: Mapping[str, Change] = {
    messages.ACCOUNT_SIGNED_IN: _session_begun,
    messages.ACCOUNT_SIGNED_OUT: _session_ended,
}
_COLLABORATORS: Mapping[str, Change] = {
    messages.COLLABORATOR_REGISTERED: _registered,
    messages.COLLABORATOR_CONTRACT_RENEWED: _renewed,
    messages.COLLABORATOR_STRUCK_OFF: _struck_off,
}
