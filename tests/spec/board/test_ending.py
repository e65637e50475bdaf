"""Sessions end together with everything that was on record before, whatever the clocks of two requests say."""

from datetime import timedelta

from infra.kernel.ids import natural_id
from services.board.domain.ending import ending
from tests.builders.board import NOON, RULES, act_of, an_account

A_MOMENT = timedelta(microseconds=1)


def test_sessions_end_at_the_instant_of_the_act_when_nothing_on_record_is_later() -> None:
    act = act_of("editor1", "account-holder")

    assert ending(act, NOON) == act
    assert ending(act, NOON + A_MOMENT).at == NOON + A_MOMENT + A_MOMENT


def test_a_reset_that_was_asked_for_before_a_sign_in_and_recorded_after_it_ends_that_session() -> None:
    account, later = an_account(), act_of("editor1", "account-holder", at=NOON + timedelta(seconds=1))
    assert account.sign_in(natural_id("session"), RULES, password_right=True, act=later) is None

    assert account.reset_password(act=act_of("tech2", "technical-team", at=NOON)) is None

    assert account.modified_on > later.at
