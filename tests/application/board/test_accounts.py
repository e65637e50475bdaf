"""Accounts as they are issued, opened, locked, reset and erased: what is recorded, and what is kept outside the log."""

import pytest

from infra.kernel.ids import natural_id
from infra.kernel.verdicts import Accepted, Refusal, Verdict
from services.board.application.accounts import NewAccount
from tests.builders.board import DAY, ERASURE, NOON, account_of, act_of
from tests.builders.board_in_memory import PASSWORD, BoardInMemory, a_staffed_board

SESSION = natural_id("session")
ANOTHER = "Sông Bé xanh trong 7!"


def code_of(verdict: Verdict) -> str | None:
    return verdict.code if isinstance(verdict, Refusal) else None


def signed_in(board: BoardInMemory, login: str, password: str = PASSWORD) -> Verdict:
    return board.door.sign_in(password, SESSION, act=act_of(login, "account-holder", request="sign-in"))


def test_names_logins_and_passwords_never_get_into_the_log() -> None:
    board = a_staffed_board()
    signed_in(board, "editor1")
    signed_in(board, "editor1", "not the password")

    log = b"".join(board.log.states())

    assert "Người".encode() not in log
    assert b"argon2" not in log
    assert PASSWORD.encode() not in log
    assert b'"editor1"' not in log


def test_a_login_is_issued_once() -> None:
    board = a_staffed_board()

    verdict = board.issue("editor1", act_of("tech1", "technical-team", request="again"))

    assert code_of(verdict) == "login_taken"
    assert signed_in(board, "editor1").__class__ is Accepted


@pytest.mark.parametrize(
    ("new", "password", "code"),
    [
        (NewAccount("x", "Người mới", "centre"), PASSWORD, "login_not_plain"),
        (NewAccount("new", "Người mới", "nowhere"), PASSWORD, "unit_unknown"),
        (NewAccount("new", "Người mới", "centre"), "too short", "password_length"),
        (NewAccount("new", "Người mới", "centre"), "A-new-Password-1", "password_contains_login"),
    ],
)
def test_an_account_that_is_not_fit_is_not_issued_and_leaves_no_trace(
    new: NewAccount, password: str, code: str
) -> None:
    board = a_staffed_board()
    before, people = board.log.head, dict(board.people.records)

    verdict = board.accounts.issue(new, password, act=act_of("tech1", "technical-team"))

    assert code_of(verdict) == code
    assert board.log.head == before
    assert board.people.records == people


def test_signing_in_with_the_right_password_is_accepted_and_recorded() -> None:
    board = a_staffed_board()
    before = board.log.head

    assert isinstance(signed_in(board, "editor1"), Accepted)

    assert board.log.topics(before) == ["board.account.signed_in"]


def test_an_unknown_login_gets_the_same_answer_as_a_wrong_password_and_is_not_recorded() -> None:
    board = a_staffed_board()
    before = board.log.head

    unknown = signed_in(board, "nobody-here")
    wrong = signed_in(board, "editor1", "not the password")

    assert unknown == wrong
    assert board.log.topics(before) == ["board.account.sign_in_refused"]


def test_qc2024_5_3b_after_five_wrong_passwords_the_right_one_is_refused_until_the_technical_team_unlocks() -> None:
    board = a_staffed_board()
    for _ in range(5):
        signed_in(board, "editor1", "not the password")

    assert code_of(signed_in(board, "editor1")) == "sign_in_refused"
    unlocked = board.accounts.unlock(account_of("editor1"), act=act_of("tech1", "technical-team"))

    assert isinstance(unlocked, Accepted)
    assert isinstance(signed_in(board, "editor1"), Accepted)


def test_a_chosen_password_replaces_the_old_one() -> None:
    board = a_staffed_board()

    verdict = board.accounts.choose_password(PASSWORD, ANOTHER, act=act_of("editor1", "account-holder"))

    assert isinstance(verdict, Accepted)
    assert code_of(signed_in(board, "editor1")) == "sign_in_refused"
    assert isinstance(signed_in(board, "editor1", ANOTHER), Accepted)


@pytest.mark.parametrize(
    ("current", "new", "code"),
    [
        ("not the password", ANOTHER, "password_wrong"),
        ("not the password", PASSWORD, "password_wrong"),
        (PASSWORD, PASSWORD, "password_unchanged"),
        (PASSWORD, "My-editor1-Secret!", "password_contains_login"),
        (PASSWORD, "aaaaaaaaaaaaaa", "password_kinds"),
    ],
)
def test_a_password_that_is_not_fit_is_not_taken(current: str, new: str, code: str) -> None:
    board = a_staffed_board()

    verdict = board.accounts.choose_password(current, new, act=act_of("editor1", "account-holder"))

    assert code_of(verdict) == code
    assert isinstance(signed_in(board, "editor1"), Accepted)


def test_qc2024_5_3b_wrong_present_passwords_lock_the_account_like_wrong_ones_at_the_door() -> None:
    board = a_staffed_board()
    for number in range(4):
        wrong = act_of("editor1", "account-holder", request=f"guess {number}")
        assert code_of(board.accounts.choose_password("not the password", ANOTHER, act=wrong)) == "password_wrong"
    before = board.log.head

    fifth = act_of("editor1", "account-holder", request="guess 5")
    assert code_of(board.accounts.choose_password("not the password", ANOTHER, act=fifth)) == "password_wrong"

    assert board.log.topics(before) == ["board.account.sign_in_refused", "board.account.locked_out"]
    right = act_of("editor1", "account-holder", request="right at last")
    assert code_of(board.accounts.choose_password(PASSWORD, ANOTHER, act=right)) == "account_locked"
    assert code_of(signed_in(board, "editor1")) == "sign_in_refused"


def test_the_form_that_was_sent_with_a_wrong_password_can_be_sent_again_with_the_right_one() -> None:
    board = a_staffed_board()
    same_form = act_of("editor1", "account-holder", request="one form")

    assert code_of(board.accounts.choose_password("not the password", ANOTHER, act=same_form)) == "password_wrong"
    assert isinstance(board.accounts.choose_password(PASSWORD, ANOTHER, act=same_form), Accepted)

    assert isinstance(signed_in(board, "editor1", ANOTHER), Accepted)


def test_a_reset_password_opens_the_account_and_the_old_one_does_not() -> None:
    board = a_staffed_board()

    act = act_of("tech1", "technical-team")
    assert isinstance(board.accounts.reset_password(account_of("editor1"), ANOTHER, act=act), Accepted)

    assert code_of(signed_in(board, "editor1")) == "sign_in_refused"
    assert isinstance(signed_in(board, "editor1", ANOTHER), Accepted)


def test_erasing_a_person_deletes_name_and_password_and_leaves_the_proof() -> None:
    board = a_staffed_board()
    board.issue("former", act_of("tech1", "technical-team", request="issue"))
    account = account_of("former")
    board.accounts.suspend(account, "left", act=act_of("tech1", "technical-team", request="suspend"))

    verdict = board.accounts.erase_person(account, ERASURE, act=act_of("tech1", "technical-team", request="erase"))

    assert isinstance(verdict, Accepted)
    assert not [key for key in board.people.records if str(account) in key]
    assert board.log.topics()[-1] == "board.account.person_erased"
    assert code_of(signed_in(board, "former")) == "sign_in_refused"


def test_a_person_who_is_not_suspended_is_not_erased() -> None:
    board = a_staffed_board()
    board.issue("former", act_of("tech1", "technical-team", request="issue"))

    verdict = board.accounts.erase_person(account_of("former"), ERASURE, act=act_of("tech1", "technical-team"))

    assert code_of(verdict) == "suspend_before_erasing"
    assert board.people.get(str(account_of("former"))) is not None


@pytest.mark.parametrize("login", ["editor1", "secretary"])
def test_law_91_2025_14_2_whoever_holds_a_seat_or_a_place_in_a_team_is_not_erased_before_its_end(login: str) -> None:
    board = a_staffed_board()
    account, by_the_technician = account_of(login), act_of("tech1", "technical-team", request="erase")
    board.accounts.suspend(account, "left", act=act_of("tech1", "technical-team", request="suspend"))
    before = board.log.head

    verdict = board.accounts.erase_person(account, ERASURE, act=by_the_technician)

    assert code_of(verdict) == "person_in_office"
    assert board.people.get(str(account)) is not None
    assert board.log.topics(before) == []


def test_law_91_2025_14_2_whoever_will_hold_a_seat_is_not_erased_either() -> None:
    board = a_staffed_board()
    board.issue("coming", act_of("tech1", "technical-team", request="issue"))
    board.appoint("deputy", "coming", act_of("head", "head"), since=NOON + DAY)
    board.accounts.suspend(account_of("coming"), "idle", act=act_of("tech1", "technical-team", request="suspend"))

    verdict = board.accounts.erase_person(account_of("coming"), ERASURE, act=act_of("tech1", "technical-team"))

    assert code_of(verdict) == "person_in_office"
