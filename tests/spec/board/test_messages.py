"""What others learn from the board's events about who may act."""

import json
from pathlib import Path
from typing import Any

from infra.kernel.ids import natural_id
from services.board.messages import authority_changes

GOLDEN = Path("tests/contracts/board")
SUBJECT = natural_id("subject")


def _data(topic: str) -> dict[str, Any]:
    return dict(json.loads((GOLDEN / f"{topic}.v1.json").read_text()))


def _fields(topic: str) -> dict[str, object]:
    (change,) = authority_changes(topic, SUBJECT, _data(topic))
    return dict(change.fields)


def test_an_appointment_is_a_holding_for_its_term() -> None:
    data = _data("board.office.appointed")

    assert _fields("board.office.appointed") == {
        "kind": "holding",
        "account": data["account"],
        "capacity": "secretary",
        "since": data["since"],
        "until": data["until"],
    }


def test_a_release_cuts_the_row_that_the_appointment_wrote() -> None:
    (begun,) = authority_changes("board.office.appointed", SUBJECT, _data("board.office.appointed"))
    (ended,) = authority_changes("board.office.released", SUBJECT, _data("board.office.released"))

    assert ended.row == begun.row
    assert ended.fields == {"until": _data("board.office.released")["until"]}


def test_a_dismissal_cuts_the_row_that_the_admission_wrote() -> None:
    (begun,) = authority_changes("board.team.admitted", SUBJECT, _data("board.team.admitted"))
    (ended,) = authority_changes("board.team.dismissed", SUBJECT, _data("board.team.dismissed"))

    assert ended.row == begun.row


def test_a_revocation_cuts_the_row_that_the_delegation_wrote() -> None:
    (begun,) = authority_changes("board.delegation.given", SUBJECT, _data("board.delegation.given"))
    (ended,) = authority_changes("board.delegation.revoked", SUBJECT, _data("board.delegation.revoked"))

    assert ended.row == begun.row


def test_a_new_account_must_change_its_password() -> None:
    fields = _fields("board.account.issued")

    assert fields["must_change_password"] is True
    assert fields["active"] is True


def test_a_chosen_password_ends_every_session_begun_before() -> None:
    assert _fields("board.account.password_chosen") == {
        "kind": "account",
        "must_change_password": False,
        "sessions_valid_from": _data("board.account.password_chosen")["timestamp"],
    }


def test_a_suspended_account_is_inactive_and_has_no_sessions() -> None:
    fields = _fields("board.account.suspended")

    assert fields["active"] is False
    assert fields["sessions_valid_from"] == _data("board.account.suspended")["timestamp"]


def test_signing_out_ends_one_session_and_touches_no_account() -> None:
    (change,) = authority_changes("board.account.signed_out", SUBJECT, _data("board.account.signed_out"))

    assert change.row == f"session/{_data('board.account.signed_out')['session']}"


def test_a_collaborator_without_account_gives_nobody_a_capacity() -> None:
    data = {**_data("board.collaborator.registered"), "account": None}

    assert authority_changes("board.collaborator.registered", SUBJECT, data) == ()


def test_signing_in_changes_nothing_in_who_may_act() -> None:
    assert authority_changes("board.account.signed_in", SUBJECT, _data("board.account.signed_in")) == ()
