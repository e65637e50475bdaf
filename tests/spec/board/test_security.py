"""What a level-3 system asks of passwords (QC2024 Đ5.3b)."""

import pytest

from services.board.policy.level_3_security import (
    kinds_of_characters,
    locks_after,
    password_does_not_contain_the_login,
    password_is_another_one,
    password_is_long_and_mixed,
)
from tests.builders.board import NOON, RULES


def test_fourteen_characters_of_four_kinds_are_enough_and_thirteen_are_not() -> None:
    refused = password_is_long_and_mixed("Abcdefghij1!x", RULES)

    assert password_is_long_and_mixed("Abcdefghij1!xy", RULES) is None
    assert refused is not None
    assert (refused.code, refused.about) == ("password_length", "password")


def test_a_password_of_256_characters_is_accepted_and_of_257_refused() -> None:
    assert password_is_long_and_mixed("Aa1!" * 64, RULES) is None
    assert password_is_long_and_mixed("Aa1!" * 64 + "x", RULES) is not None


@pytest.mark.parametrize("password", ["abcdefghijkl1!", "ABCDEFGHIJKL1!", "Abcdefghijklm!", "Abcdefghijklm1"])
def test_three_kinds_of_characters_are_too_few(password: str) -> None:
    refused = password_is_long_and_mixed(password, RULES)

    assert refused is not None
    assert refused.code == "password_kinds"


@pytest.mark.parametrize(("password", "kinds"), [("", 0), ("a", 1), ("đ", 1), ("aA1 ", 4), ("aA1đ", 4), ("aaa1", 2)])
def test_letters_with_marks_and_spaces_count_as_the_fourth_kind(password: str, kinds: int) -> None:
    assert kinds_of_characters(password) == kinds


def test_a_password_that_contains_the_login_is_refused_however_it_is_capitalised() -> None:
    assert password_does_not_contain_the_login("My-Editor1-is-mine!", "editor1") is not None
    assert password_does_not_contain_the_login("My-Editor2-is-mine!", "editor1") is None


def test_the_same_password_again_is_no_change() -> None:
    assert password_is_another_one(same_as_before=True) is not None
    assert password_is_another_one(same_as_before=False) is None


def test_the_fifth_failure_locks_for_the_norms_hours() -> None:
    until = locks_after(5, RULES, NOON)

    assert locks_after(4, RULES, NOON) is None
    assert until is not None
    assert (until - NOON).total_seconds() == 12 * 3600
