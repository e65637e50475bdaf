"""The board is founded by the province's decision, and setting up ends when it opens (QD2461 Đ1, Đ3)."""

from datetime import UTC, date, datetime

from infra.kernel.verdicts import Refusal
from services.board.domain.board import Board
from services.board.domain.decision import Decision
from services.board.policy.qc2024_article_18 import article_19_1_a_reviewer_reviews_no_own_work
from services.board.policy.qd2461_article_1 import setting_up_ends_when_the_board_opens
from tests.builders.board import act_of

FOUNDING = Decision("2461/QĐ-UBND", date(2019, 11, 19))
SIGNED = datetime(2019, 11, 19, 3, tzinfo=UTC)
BY_SETTING_UP = act_of("set-up", "system", SIGNED)


def a_board() -> Board:
    board = Board.found("binh-phuoc", FOUNDING, act=BY_SETTING_UP)
    assert isinstance(board, Board)
    return board


def test_qd2461_3_the_board_exists_from_the_day_the_decision_was_signed() -> None:
    board = a_board()

    (founded,) = board.collect_events()
    assert (founded.clause, founded.decision, founded.decided_on) == ("QD2461 Đ1", "2461/QĐ-UBND", "2019-11-19")


def test_qd2461_1_nobody_at_a_desk_founds_a_board() -> None:
    refused = Board.found("binh-phuoc", FOUNDING, act=act_of("head", "head", SIGNED))

    assert isinstance(refused, Refusal)
    assert refused.on_authority


def test_qd2461_1_setting_up_acts_until_the_board_opens_and_no_longer() -> None:
    assert setting_up_ends_when_the_board_opens("system", opened=False) is None
    refused = setting_up_ends_when_the_board_opens("system", opened=True)
    assert refused is not None
    assert (refused.clause, refused.code, refused.on_authority) == ("QD2461 Đ1", "board_is_open", True)


def test_people_act_before_and_after_the_opening() -> None:
    assert setting_up_ends_when_the_board_opens("head", opened=False) is None
    assert setting_up_ends_when_the_board_opens("head", opened=True) is None


def test_the_board_opens_once() -> None:
    board = a_board()

    assert board.open(act=BY_SETTING_UP) is None
    assert board.open(act=BY_SETTING_UP) is not None


def test_qc2024_19_1_who_works_in_a_team_reviews_nothing() -> None:
    refused = article_19_1_a_reviewer_reviews_no_own_work(works_in_a_team=True)

    assert refused is not None
    assert refused.clause == "QC2024 Đ19.1"
    assert article_19_1_a_reviewer_reviews_no_own_work(works_in_a_team=False) is None
