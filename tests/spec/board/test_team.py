"""The teams: at most five and three, from the centre, formed by the standing office, assigned by the secretary (QC2024 Đ8.2-3)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.kernel.verdicts import Refusal
from services.board.domain.team import Team
from tests.builders.board import DAY, DECISION, FIVE, NO_LIMIT, NOON, THREE, a_place, a_team, account_of, act_of

BY_THE_SECRETARY = act_of("secretary", "secretary")


def a_team_of(members: int) -> Team:
    team = a_team()
    for number in range(members):
        assert team.admit(a_place(f"editor{number}"), FIVE, DECISION, act=BY_THE_SECRETARY) is None
    return team


def code_of(refusal: Refusal | None) -> str | None:
    return refusal.code if refusal else None


@pytest.mark.parametrize("capacity", ["head", "secretary", "technical-team", "system"])
def test_qc2024_8_2_only_the_standing_deputy_forms_a_team(capacity: str) -> None:
    refused = Team.form("content-team", FIVE, DECISION, act=act_of("somebody", capacity))

    assert isinstance(refused, Refusal)
    assert (refused.clause, refused.on_authority) == ("QC2024 Đ8.2", True)


def test_qc2024_8_2_the_fifth_member_is_admitted() -> None:
    team = a_team_of(4)

    assert team.admit(a_place("fifth"), FIVE, DECISION, act=BY_THE_SECRETARY) is None


def test_qc2024_8_2_the_sixth_member_is_refused() -> None:
    team = a_team_of(5)

    refused = team.admit(a_place("sixth"), FIVE, DECISION, act=BY_THE_SECRETARY)

    assert refused is not None
    assert (refused.clause, refused.code, refused.facts["limit"]) == ("QC2024 Đ8.2", "team_full", 5)
    assert not team.has(account_of("sixth"), NOON)


def test_qc2024_8_2_the_third_technician_is_admitted_and_the_fourth_refused() -> None:
    team = a_team("technical-team", THREE)
    verdicts = [code_of(team.admit(a_place(f"tech{n}"), THREE, DECISION, act=BY_THE_SECRETARY)) for n in (1, 2, 3, 4)]

    assert verdicts == [None, None, None, "team_full"]


def test_qc2024_8_2_a_sixth_member_may_begin_at_the_instant_another_leaves() -> None:
    team = a_team_of(4)
    team.admit(a_place("leaving", NOON, NOON + DAY), FIVE, DECISION, act=BY_THE_SECRETARY)

    early = a_place("sixth", NOON + DAY - DAY.resolution)
    assert code_of(team.admit(early, FIVE, DECISION, act=BY_THE_SECRETARY)) == "team_full"
    assert team.admit(a_place("sixth", NOON + DAY), FIVE, DECISION, act=BY_THE_SECRETARY) is None


def test_qc2024_8_2_a_place_promised_for_later_counts_from_then_on() -> None:
    team = a_team_of(4)
    team.admit(a_place("promised", NOON + 10 * DAY), FIVE, DECISION, act=BY_THE_SECRETARY)

    assert code_of(team.admit(a_place("open-ended"), FIVE, DECISION, act=BY_THE_SECRETARY)) == "team_full"
    until_then = a_place("for-ten-days", NOON, NOON + 10 * DAY)
    assert team.admit(until_then, FIVE, DECISION, act=BY_THE_SECRETARY) is None


def test_qc2024_8_2_who_is_not_of_the_centre_is_refused() -> None:
    refused = a_team().admit(a_place("outsider", unit="so-tai-chinh"), FIVE, DECISION, act=BY_THE_SECRETARY)

    assert code_of(refused) == "not_of_the_centre"


def test_qc2024_8_2_nobody_takes_two_places() -> None:
    team = a_team_of(1)

    refused = team.admit(a_place("editor0", NOON + DAY), FIVE, DECISION, act=BY_THE_SECRETARY)

    assert code_of(refused) == "already_in_the_team"


@pytest.mark.parametrize("capacity", ["secretary", "standing-deputy"])
def test_qc2024_8_3_the_secretary_and_the_standing_deputy_assign(capacity: str) -> None:
    assert a_team().admit(a_place("editor1"), FIVE, DECISION, act=act_of("somebody", capacity)) is None


@pytest.mark.parametrize("capacity", ["head", "deputy", "content-team", "technical-team", "system"])
def test_qc2024_8_3_nobody_else_assigns(capacity: str) -> None:
    team = a_team()

    refused = team.admit(a_place("editor1"), FIVE, DECISION, act=act_of("somebody", capacity))

    assert refused is not None
    assert (refused.clause, refused.on_authority) == ("QC2024 Đ8.3", True)
    assert not team.places


def test_qc2024_6_3_the_secretary_does_not_take_a_place_alone() -> None:
    refused = a_team().admit(a_place("secretary"), FIVE, DECISION, act=BY_THE_SECRETARY)

    assert code_of(refused) == "not_for_yourself"


def test_a_dismissed_member_is_in_the_team_until_before_the_end() -> None:
    team = a_team_of(1)
    (place,) = team.places.values()

    assert team.dismiss(place.id, NOON + DAY, DECISION, act=BY_THE_SECRETARY) is None

    assert team.has(account_of("editor0"), NOON + DAY - DAY.resolution)
    assert not team.has(account_of("editor0"), NOON + DAY)


def test_qc2024_8_3_a_member_does_not_dismiss_another() -> None:
    team = a_team_of(2)
    place = next(iter(team.places.values()))

    refused = team.dismiss(place.id, NOON + DAY, DECISION, act=act_of("editor1", "content-team"))

    assert refused is not None
    assert refused.on_authority
    assert team.has(account_of("editor0"), NOON + DAY)


@pytest.mark.parametrize("capacity", ["head", "standing-deputy"])
def test_qc2024_18_the_head_and_the_standing_office_name_reviewers(capacity: str) -> None:
    reviewers = Team.form("reviewer", NO_LIMIT, DECISION, act=act_of(capacity, capacity))
    assert isinstance(reviewers, Team)

    inspector = a_place("reviewer", unit="thanh-tra")
    assert reviewers.admit(inspector, NO_LIMIT, DECISION, act=act_of(capacity, capacity)) is None


def test_qc2024_18_the_secretary_names_no_reviewer() -> None:
    reviewers = Team.form("reviewer", NO_LIMIT, DECISION, act=act_of("head", "head"))
    assert isinstance(reviewers, Team)

    refused = reviewers.admit(a_place("reviewer"), NO_LIMIT, DECISION, act=BY_THE_SECRETARY)

    assert refused is not None
    assert (refused.clause, refused.on_authority) == ("QC2024 Đ18", True)


places = st.tuples(st.integers(0, 20), st.integers(1, 20))


@given(st.lists(places, max_size=25))
def test_whatever_is_tried_no_instant_ever_has_a_sixth_member(wanted: list[tuple[int, int]]) -> None:
    team = a_team()
    for number, (start, length) in enumerate(wanted):
        since = NOON + start * DAY
        team.admit(a_place(f"p{number}", since, since + length * DAY), FIVE, DECISION, act=BY_THE_SECRETARY)

    for day in range(41):
        assert sum(place.term.contains(NOON + day * DAY) for place in team.places.values()) <= 5
