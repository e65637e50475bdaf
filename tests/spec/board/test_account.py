"""Accounts: personal, locked after repeated failures, administered by the technical team and by nobody for themselves."""

from dataclasses import replace
from datetime import timedelta

import pytest

from infra.kernel.ids import natural_id
from infra.kernel.verdicts import Refusal
from services.board.domain.account import Account, account_id
from services.board.domain.decision import Decision
from services.board.domain.erasure import Erasure
from tests.builders.board import DECISION, ERASURE, NOON, RULES, account_of, act_of, an_account

SESSION = natural_id("session", "1")
OTHER = natural_id("session", "2")
MINE = act_of("editor1", "account-holder")
BY_TECH = act_of("tech1", "technical-team")
TWELVE_HOURS = timedelta(hours=12)


def topics(account: Account) -> list[str]:
    return [type(event).TOPIC.removeprefix("board.account.") for event in account.collect_events()][1:]


def code_of(refusal: Refusal | None) -> str | None:
    return refusal.code if refusal else None


def failed(account: Account, times: int) -> Account:
    for _ in range(times):
        assert code_of(account.sign_in(SESSION, RULES, password_right=False, act=MINE)) == "sign_in_refused"
    return account


def test_qc2024_8_2_the_technical_team_issues_accounts() -> None:
    assert isinstance(Account.issue(account_of("new"), "centre", "ab", act=BY_TECH), Account)


@pytest.mark.parametrize("capacity", ["head", "standing-deputy", "secretary", "content-team", "reviewer"])
def test_qc2024_8_2_nobody_else_issues_accounts(capacity: str) -> None:
    refused = Account.issue(account_of("new"), "centre", "ab", act=act_of("somebody", capacity))

    assert isinstance(refused, Refusal)
    assert (refused.clause, refused.on_authority) == ("QC2024 Đ8.2", True)


def test_an_account_is_the_same_however_its_login_is_typed() -> None:
    assert account_id(" Editor1 ") == account_id("editor1")


def test_the_right_password_begins_a_session() -> None:
    account = an_account()

    assert account.sign_in(SESSION, RULES, password_right=True, act=MINE) is None

    assert topics(account) == ["signed_in"]
    assert str(SESSION) in account.sessions


def test_the_first_password_is_to_be_changed_and_choosing_another_ends_all_sessions() -> None:
    account = an_account()
    account.sign_in(SESSION, RULES, password_right=True, act=MINE)
    assert account.must_change_password

    assert account.choose_password(act=MINE) is None

    assert not account.must_change_password
    assert not account.sessions


def test_qc2024_5_3b_the_fourth_failure_does_not_lock_and_the_fifth_does() -> None:
    account = failed(an_account(), 4)
    assert not account.is_locked(NOON)

    failed(account, 1)

    assert account.is_locked(NOON)
    assert topics(account) == [*["sign_in_refused"] * 5, "locked_out"]


def test_qc2024_5_3b_a_right_password_within_the_lock_out_is_refused_and_not_recorded() -> None:
    account = failed(an_account(), 5)
    account.collect_events()
    last = act_of("editor1", "account-holder", NOON + TWELVE_HOURS - timedelta.resolution)

    assert code_of(account.sign_in(SESSION, RULES, password_right=True, act=last)) == "sign_in_refused"

    assert not account.collect_events()


def test_qc2024_5_3b_the_lock_out_ends_after_its_time() -> None:
    account = failed(an_account(), 5)

    after = act_of("editor1", "account-holder", NOON + TWELVE_HOURS)
    assert account.sign_in(SESSION, RULES, password_right=True, act=after) is None


def test_after_a_lock_out_failures_count_anew() -> None:
    account = failed(an_account(), 5)
    after = act_of("editor1", "account-holder", NOON + TWELVE_HOURS)

    account.sign_in(SESSION, RULES, password_right=False, act=after)

    assert not account.is_locked(NOON + TWELVE_HOURS)


def test_a_sign_in_forgets_the_failures_before_it() -> None:
    account = failed(an_account(), 4)
    account.sign_in(SESSION, RULES, password_right=True, act=MINE)

    failed(account, 4)

    assert not account.is_locked(NOON)


def test_the_technical_team_unlocks() -> None:
    account = failed(an_account(), 5)

    assert account.unlock(act=BY_TECH) is None

    assert account.sign_in(SESSION, RULES, password_right=True, act=MINE) is None


def test_an_account_that_is_not_locked_is_not_unlocked() -> None:
    assert code_of(an_account().unlock(act=BY_TECH)) == "account_not_locked"


def test_qc2024_6_2_signing_out_ends_the_own_session_once() -> None:
    account = an_account()
    account.sign_in(SESSION, RULES, password_right=True, act=MINE)
    account.sign_in(OTHER, RULES, password_right=True, act=MINE)

    assert account.sign_out(SESSION, act=MINE) is None
    assert account.sign_out(SESSION, act=MINE) is None

    assert topics(account) == ["signed_in", "signed_in", "signed_out"]
    assert account.sessions == {str(OTHER)}


@pytest.mark.parametrize("command", ["sign_out", "end_sessions", "choose_password"])
def test_qc2024_6_2_nobody_does_for_another_account_what_is_its_owners(command: str) -> None:
    account = an_account()
    arguments = (SESSION,) if command == "sign_out" else ()

    refused = getattr(account, command)(*arguments, act=act_of("tech1", "technical-team"))

    assert (refused.clause, refused.code, refused.on_authority) == ("QC2024 Đ6.2", "not_your_account", True)
    assert topics(account) == []


ADMINISTRATION = [("unlock", ()), ("reset_password", ()), ("suspend", ("left",)), ("restore", ())]


@pytest.mark.parametrize(("command", "arguments"), ADMINISTRATION)
@pytest.mark.parametrize("capacity", ["head", "standing-deputy", "secretary", "content-team", "reviewer"])
def test_qc2024_8_2_only_the_technical_team_administers(
    command: str, arguments: tuple[str, ...], capacity: str
) -> None:
    account = an_account()

    refused = getattr(account, command)(*arguments, act=act_of("somebody", capacity))

    assert (refused.clause, refused.on_authority) == ("QC2024 Đ8.2", True)
    assert topics(account) == []


@pytest.mark.parametrize(("command", "arguments"), ADMINISTRATION)
def test_qc2024_6_3_a_technician_does_not_administer_the_own_account(command: str, arguments: tuple[str, ...]) -> None:
    account = an_account("tech1")

    refused = getattr(account, command)(*arguments, act=BY_TECH)

    assert (refused.code, refused.on_authority) == ("not_for_yourself", True)


def test_a_suspended_account_is_not_let_in_and_says_no_more_than_a_wrong_password() -> None:
    account = an_account()
    account.suspend("misuse", act=BY_TECH)

    suspended = account.sign_in(SESSION, RULES, password_right=True, act=MINE)

    assert suspended == failed_once()
    assert topics(account) == ["suspended", "sign_in_refused"]


def failed_once() -> Refusal | None:
    return an_account().sign_in(SESSION, RULES, password_right=False, act=MINE)


def test_knocking_at_a_suspended_account_fills_no_log_either() -> None:
    account = an_account()
    account.suspend("left", act=BY_TECH)

    for _ in range(20):
        account.sign_in(SESSION, RULES, password_right=True, act=MINE)

    assert topics(account) == ["suspended", *["sign_in_refused"] * 5, "locked_out"]


def test_a_restored_account_is_let_in() -> None:
    account = an_account()
    account.suspend("idle", act=BY_TECH)

    assert account.restore(act=BY_TECH) is None

    assert account.sign_in(SESSION, RULES, password_right=True, act=MINE) is None


def test_the_ground_of_a_suspension_is_one_of_a_closed_list() -> None:
    assert code_of(an_account().suspend("because I do not like the man", act=BY_TECH)) == "ground_unknown"


def test_a_reset_password_must_be_changed_and_ends_a_lock_out() -> None:
    account = failed(an_account(), 5)
    assert account.reset_password(act=BY_TECH) is None

    assert account.must_change_password
    assert account.sign_in(SESSION, RULES, password_right=True, act=MINE) is None


def test_a_person_is_erased_only_after_the_account_was_suspended_and_then_for_good() -> None:
    account = an_account()
    assert code_of(account.erase_person(ERASURE, in_office=False, act=BY_TECH)) == "suspend_before_erasing"
    account.suspend("left", act=BY_TECH)

    assert account.erase_person(ERASURE, in_office=False, act=BY_TECH) is None

    assert code_of(account.restore(act=BY_TECH)) == "account_not_suspended"
    assert code_of(account.erase_person(ERASURE, in_office=False, act=BY_TECH)) == "suspend_before_erasing"
    assert code_of(account.sign_in(SESSION, RULES, password_right=True, act=MINE)) == "sign_in_refused"


@pytest.mark.parametrize("capacity", ["head", "standing-deputy", "secretary", "content-team", "reviewer"])
def test_qc2024_8_2_only_the_technical_team_erases(capacity: str) -> None:
    account = an_account()
    account.suspend("left", act=BY_TECH)

    refused = account.erase_person(ERASURE, in_office=False, act=act_of("somebody", capacity))

    assert refused is not None
    assert (refused.clause, refused.on_authority) == ("QC2024 Đ8.2", True)


def test_law_91_2025_14_1_a_person_is_erased_on_a_ground_of_the_law_by_a_document_signed_by_today() -> None:
    account = an_account()
    account.suspend("left", act=BY_TECH)
    tomorrow = Decision("15/QĐ-STTTT", DECISION.signed_on + timedelta(days=1))

    codes = [
        code_of(account.erase_person(erasure, in_office=False, act=BY_TECH))
        for erasure in (
            Erasure("no reason", DECISION),
            Erasure("asked", tomorrow),
            Erasure("asked", replace(DECISION, number=" ")),
        )
    ]

    assert codes == ["erasing_ground_unknown", "decision_not_yet_signed", "decision_number_missing"]
    assert account.erase_person(ERASURE, in_office=False, act=BY_TECH) is None
    erased = account.pending_events[-1]
    assert isinstance(erased, Account.PersonErased)
    assert (erased.clause, erased.ground, erased.decision) == ("Law 91/2025 Đ14.1", "asked", "15/QĐ-STTTT")


def test_law_91_2025_14_2_whoever_serves_in_an_office_is_not_erased() -> None:
    account = an_account()
    account.suspend("left", act=BY_TECH)

    refused = account.erase_person(ERASURE, in_office=True, act=BY_TECH)

    assert code_of(refused) == "person_in_office"
    assert topics(account) == ["suspended"]
