"""What the board says to others: the topics of its events, what each changes in who may act, and shapes of RPC answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from infra.kernel.offices import HEAD, SECRETARY, STANDING_DEPUTY, TECHNICAL_TEAM
from infra.kernel.powers import Deed, Power

BOARD_FOUNDED = "board.board.founded"
BOARD_OPENED = "board.board.opened"
OFFICE_ESTABLISHED = "board.office.established"
OFFICE_APPOINTED = "board.office.appointed"
OFFICE_RELEASED = "board.office.released"
TEAM_FORMED = "board.team.formed"
TEAM_ADMITTED = "board.team.admitted"
TEAM_DISMISSED = "board.team.dismissed"
DELEGATION_GIVEN = "board.delegation.given"
DELEGATION_REVOKED = "board.delegation.revoked"
COLLABORATOR_REGISTERED = "board.collaborator.registered"
COLLABORATOR_CONTRACT_RENEWED = "board.collaborator.contract_renewed"
COLLABORATOR_STRUCK_OFF = "board.collaborator.struck_off"
COLLABORATOR_PERSON_ERASED = "board.collaborator.person_erased"
ACCOUNT_ISSUED = "board.account.issued"
ACCOUNT_SIGNED_IN = "board.account.signed_in"
ACCOUNT_SIGN_IN_REFUSED = "board.account.sign_in_refused"
ACCOUNT_LOCKED_OUT = "board.account.locked_out"
ACCOUNT_UNLOCKED = "board.account.unlocked"
ACCOUNT_SIGNED_OUT = "board.account.signed_out"
ACCOUNT_SESSIONS_ENDED = "board.account.sessions_ended"
ACCOUNT_PASSWORD_CHOSEN = "board.account.password_chosen"  # noqa: S105 - the name of an event
ACCOUNT_PASSWORD_RESET = "board.account.password_reset"  # noqa: S105 - the name of an event
ACCOUNT_SUSPENDED = "board.account.suspended"
ACCOUNT_RESTORED = "board.account.restored"
ACCOUNT_PERSON_ERASED = "board.account.person_erased"

PUBLIC_TOPICS: tuple[str, ...] = ()
"""Nothing of the board is public by itself: what the public may know of an office stands on the item it approved."""

ERASED_RECORDS: Mapping[str, tuple[str, ...]] = {
    ACCOUNT_PERSON_ERASED: ("{subject}", "password/{subject}"),
    COLLABORATOR_PERSON_ERASED: ("collaborator/{subject}",),
}
"""Which people's records an erasure ends, in every service's store: a backup that is restored must not bring them back."""

COLLABORATOR = "collaborator"
"""The capacity of a registered collaborator with an account (QC2024 Đ8.4): Cộng tác viên."""

ACCOUNT_HOLDER = "account-holder"
"""The capacity in which anybody signs in and out and keeps the own password (QC2024 Đ10.1b)."""


class RowChange(NamedTuple):
    """One row of `infra.read_store.authority.AuthorityStore`, and the fields that an event gives it."""

    row: str
    fields: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class PersonName:
    """One entry of the answer of the RPC `people_of(accounts)`; `name` is empty once the person was erased."""

    account: UUID
    name: str

    @classmethod
    def read(cls, record: Mapping[str, str]) -> "PersonName":
        """Read an entry as it stands in the answer."""
        return cls(UUID(record["account"]), record["name"])


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """One entry of the answer of the RPC `records_of(accounts)`: who an account's owner is, with what proves it.

    `hash` is the SHA-256 over the salt (hexadecimal here) and the canonical JSON of the record; it stands in the event by
    which the account `key` was issued. Whoever was erased has no entry.
    """

    key: str
    record: Mapping[str, Any]
    salt: str
    hash: str

    @classmethod
    def read(cls, record: Mapping[str, Any]) -> "PersonRecord":
        """Read an entry as it stands in the answer."""
        return cls(**record)


def authority_changes(topic: str, subject: UUID, data: Mapping[str, Any]) -> tuple[RowChange, ...]:
    """Return what an event of the board changes in who may act; nothing for events that change nothing there.

    `data` is the stored state of the event. Instants stay ISO 8601 texts, for MongoDB keeps milliseconds only.
    """
    change = _CHANGES.get(topic)
    return change(subject, data) if change else ()


_Change = Callable[[UUID, Mapping[str, Any]], tuple[RowChange, ...]]


def _held(row: str, account: str, capacity: str, data: Mapping[str, Any]) -> tuple[RowChange, ...]:
    fields = {"kind": "holding", "account": account, "capacity": capacity, "since": data["since"]}
    return (RowChange(row, {**fields, "until": data["until"]}),)


def _appointed(_: UUID, data: Mapping[str, Any]) -> tuple[RowChange, ...]:
    return _held(f"appointment/{data['appointment']}", data["account"], data["capacity"], data)


def _released(_: UUID, data: Mapping[str, Any]) -> tuple[RowChange, ...]:
    return (RowChange(f"appointment/{data['appointment']}", {"until": data["until"]}),)


def _admitted(_: UUID, data: Mapping[str, Any]) -> tuple[RowChange, ...]:
    return _held(f"place/{data['place']}", data["account"], data["capacity"], data)


def _dismissed(_: UUID, data: Mapping[str, Any]) -> tuple[RowChange, ...]:
    return (RowChange(f"place/{data['place']}", {"until": data["until"]}),)


def _given(subject: UUID, data: Mapping[str, Any]) -> tuple[RowChange, ...]:
    facts = {name: data[name] for name in ("giver", "receiver", "scope", "number", "since", "until")}
    return (RowChange(f"delegation/{subject}", {"kind": "delegation", **facts}),)


def _revoked(subject: UUID, data: Mapping[str, Any]) -> tuple[RowChange, ...]:
    return (RowChange(f"delegation/{subject}", {"until": data["until"]}),)


def _engaged(_: UUID, data: Mapping[str, Any]) -> tuple[RowChange, ...]:
    if data["account"] is None:
        return ()
    return _held(f"engagement/{data['engagement']}", data["account"], COLLABORATOR, data)


def _struck_off(_: UUID, data: Mapping[str, Any]) -> tuple[RowChange, ...]:
    if data["account"] is None:
        return ()
    return (RowChange(f"engagement/{data['engagement']}", {"until": data["until"]}),)


def _account(subject: UUID, **fields: object) -> tuple[RowChange, ...]:
    return (RowChange(f"account/{subject}", {"kind": "account", **fields}),)


def _issued(subject: UUID, data: Mapping[str, Any]) -> tuple[RowChange, ...]:
    since = data["timestamp"]
    return _account(subject, active=True, locked_until=None, must_change_password=True, sessions_valid_from=since)


def _locked_out(subject: UUID, data: Mapping[str, Any]) -> tuple[RowChange, ...]:
    return _account(subject, locked_until=data["until"])


def _unlocked(subject: UUID, _: Mapping[str, Any]) -> tuple[RowChange, ...]:
    return _account(subject, locked_until=None)


def _signed_out(subject: UUID, data: Mapping[str, Any]) -> tuple[RowChange, ...]:
    ended = {"kind": "session", "account": str(subject), "ended_at": data["timestamp"]}
    return (RowChange(f"session/{data['session']}", ended),)


def _sessions_ended(subject: UUID, data: Mapping[str, Any]) -> tuple[RowChange, ...]:
    return _account(subject, sessions_valid_from=data["timestamp"])


def _password_chosen(subject: UUID, data: Mapping[str, Any]) -> tuple[RowChange, ...]:
    return _account(subject, must_change_password=False, sessions_valid_from=data["timestamp"])


def _password_reset(subject: UUID, data: Mapping[str, Any]) -> tuple[RowChange, ...]:
    since = data["timestamp"]
    return _account(subject, must_change_password=True, locked_until=None, sessions_valid_from=since)


def _suspended(subject: UUID, data: Mapping[str, Any]) -> tuple[RowChange, ...]:
    return _account(subject, active=False, sessions_valid_from=data["timestamp"])


def _restored(subject: UUID, _: Mapping[str, Any]) -> tuple[RowChange, ...]:
    return _account(subject, active=True)


_CHANGES: Mapping[str, _Change] = {
    OFFICE_APPOINTED: _appointed,
    OFFICE_RELEASED: _released,
    TEAM_ADMITTED: _admitted,
    TEAM_DISMISSED: _dismissed,
    DELEGATION_GIVEN: _given,
    DELEGATION_REVOKED: _revoked,
    COLLABORATOR_REGISTERED: _engaged,
    COLLABORATOR_CONTRACT_RENEWED: _engaged,
    COLLABORATOR_STRUCK_OFF: _struck_off,
    ACCOUNT_ISSUED: _issued,
    ACCOUNT_LOCKED_OUT: _locked_out,
    ACCOUNT_UNLOCKED: _unlocked,
    ACCOUNT_SIGNED_OUT: _signed_out,
    ACCOUNT_SESSIONS_ENDED: _sessions_ended,
    ACCOUNT_PASSWORD_CHOSEN: _password_chosen,
    ACCOUNT_PASSWORD_RESET: _password_reset,
    ACCOUNT_SUSPENDED: _suspended,
    ACCOUNT_RESTORED: _restored,
}


def _each(capacities: tuple[str, ...], clause: str, *, at_its_step: bool = False) -> tuple[Power, ...]:
    return tuple(Power(capacity, clause, at_its_step=at_its_step) for capacity in capacities)


_LEADS = (HEAD, STANDING_DEPUTY)
_TEAMS = _each((SECRETARY, STANDING_DEPUTY), "QC2024 Đ8.3")
_REVIEWERS = _each(_LEADS, "QC2024 Đ18", at_its_step=True)
_REGISTER = _each((SECRETARY, STANDING_DEPUTY), "QC2024 Đ8.4")
_ACCOUNTS = _each((TECHNICAL_TEAM,), "QC2024 Đ8.2")
_OWNER = (Power(ACCOUNT_HOLDER, "QC2024 Đ6.2"),)

DEEDS: tuple[Deed, ...] = (
    Deed("appoint", (OFFICE_APPOINTED,), _each(_LEADS, "QC2019 Đ4.1")),
    Deed("release", (OFFICE_RELEASED,), _each(_LEADS, "QC2019 Đ4.1")),
    Deed("form", (TEAM_FORMED,), (*_each((STANDING_DEPUTY,), "QC2024 Đ8.2", at_its_step=True), *_REVIEWERS)),
    Deed("admit", (TEAM_ADMITTED,), (*_TEAMS, *_REVIEWERS)),
    Deed("dismiss", (TEAM_DISMISSED,), (*_TEAMS, *_REVIEWERS)),
    Deed(
        "delegate",
        (DELEGATION_GIVEN,),
        (
            *_each((STANDING_DEPUTY,), "QC2024 Đ10.1b", at_its_step=True),
            *_each((HEAD,), "QC2019 Đ5.1", at_its_step=True),
        ),
    ),
    Deed("revoke", (DELEGATION_REVOKED,), _each(_LEADS, "QC2019 Đ4.1")),
    Deed("register_collaborator", (COLLABORATOR_REGISTERED,), _REGISTER),
    Deed("renew_contract", (COLLABORATOR_CONTRACT_RENEWED,), _REGISTER),
    Deed("strike_off", (COLLABORATOR_STRUCK_OFF,), _REGISTER),
    Deed("erase_collaborator", (COLLABORATOR_PERSON_ERASED,), _REGISTER),
    Deed("issue_account", (ACCOUNT_ISSUED,), _ACCOUNTS),
    Deed("unlock", (ACCOUNT_UNLOCKED,), _ACCOUNTS),
    Deed("suspend", (ACCOUNT_SUSPENDED,), _ACCOUNTS),
    Deed("restore", (ACCOUNT_RESTORED,), _ACCOUNTS),
    Deed("reset_password", (ACCOUNT_PASSWORD_RESET,), _ACCOUNTS),
    Deed("erase_person", (ACCOUNT_PERSON_ERASED,), _ACCOUNTS),
    Deed("sign_in", (ACCOUNT_SIGNED_IN, ACCOUNT_SIGN_IN_REFUSED, ACCOUNT_LOCKED_OUT), _OWNER, of_owner=True),
    Deed("sign_out", (ACCOUNT_SIGNED_OUT, ACCOUNT_SESSIONS_ENDED), _OWNER, of_owner=True),
    Deed("choose_password", (ACCOUNT_PASSWORD_CHOSEN,), _OWNER, of_owner=True),
)
"""Who may do what to the board, as `policy` has it; setting up, which nobody may any more, is left out."""
