"""The demo province's profile says what the decision of 2019 says."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from infra.kernel.offices import DEPUTY, HEAD, SECRETARY, STANDING_DEPUTY
from services.board.profile import BoardProfile
from tests.builders.board import NOON

PROFILE = BoardProfile.read(Path("profiles/binh-phuoc"))
SIGNED = datetime(2019, 11, 18, 17, tzinfo=UTC)
"""The first instant of 19 November 2019 in the province."""


def test_qd2461_1_the_board_has_its_leaders_24_named_offices_and_a_chairman_for_each_district() -> None:
    kinds = Counter(seat.kind for seat in PROFILE.seats(NOON))

    assert kinds["head"] == kinds["standing-deputy"] == kinds["deputy"] == kinds["invited"] == 1
    assert kinds["member"] + kinds["secretary"] == 24
    assert kinds["district"] == 11


def test_qd2461_1_5_the_secretary_is_the_director_of_the_centre_and_there_is_one() -> None:
    (secretary,) = (seat for seat in PROFILE.seats(NOON) if seat.capacity == SECRETARY)

    assert secretary.post["vi"].startswith("Giám đốc Trung tâm Công nghệ thông tin và Truyền thông")
    assert secretary.clause == "QD2461 Đ1.5"


@pytest.mark.parametrize(
    ("capacity", "clause"), [(HEAD, "QD2461 Đ1.1"), (STANDING_DEPUTY, "QD2461 Đ1.2"), (DEPUTY, "QD2461 Đ1.3")]
)
def test_qd2461_1_1_to_3_each_leading_seat_names_its_clause(capacity: str, clause: str) -> None:
    (seat,) = (seat for seat in PROFILE.seats(NOON) if seat.capacity == capacity)

    assert seat.clause == clause


def test_no_seat_stands_twice_on_any_day() -> None:
    for day in range(0, 3000, 30):
        capacities = [seat.capacity for seat in PROFILE.seats(SIGNED + timedelta(days=day))]
        assert len(set(capacities)) == len(capacities) == 39


def test_every_seat_is_titled_in_both_languages() -> None:
    assert all(set(seat.title) == set(seat.post) == {"vi", "en"} for seat in PROFILE.seats(NOON))


def test_qd2461_3_the_decision_governs_from_the_day_of_signing() -> None:
    assert PROFILE.founding(SIGNED).number == "2461/QĐ-UBND"
    with pytest.raises(IndexError):
        PROFILE.founding(SIGNED - timedelta.resolution)


def test_a_renamed_district_keeps_its_old_name_on_old_days() -> None:
    def post(at: datetime) -> str:
        return next(seat.post["vi"] for seat in PROFILE.seats(at) if seat.capacity == "district-chon-thanh")

    first_day = datetime(2022, 9, 30, 17, tzinfo=UTC)
    assert post(first_day - timedelta.resolution) == "Chủ tịch UBND huyện Chơn Thành"
    assert post(first_day) == "Chủ tịch UBND thị xã Chơn Thành"


def test_qc2024_8_2_the_teams_limits_are_five_and_three_from_the_centre() -> None:
    content, technical = (PROFILE.team_rules(team, NOON) for team in ("content-team", "technical-team"))

    assert content is not None
    assert technical is not None
    assert (content.limit, technical.limit) == (5, 3)
    assert content.unit == technical.unit == "centre"
    assert "centre" in PROFILE.units(NOON)


def test_qc2019_7_7_every_field_is_steered_by_a_seat() -> None:
    seats = {seat.capacity for seat in PROFILE.seats(NOON)}

    assert all(field.steered_by in seats for field in PROFILE.fields(NOON))


def test_qc2024_5_3b_accounts_lock_after_five_failures_and_passwords_have_fourteen_characters() -> None:
    rules = PROFILE.account_rules(NOON)

    assert (rules.failures_before_lock, rules.password_shortest, rules.password_kinds) == (5, 14, 4)
