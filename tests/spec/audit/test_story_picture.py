"""The picture of a story: lengths follow waiting times, one act and many look right, deadlines stand where they fall."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audit.policy.access_to_information import end_of_working_days
from services.audit.ui.story_picture import CROSS, ROUND, Picture, Told, drawn

MORNING = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
PROVINCE = ZoneInfo("Asia/Ho_Chi_Minh")
HOUR = timedelta(hours=1)
OFFICES = ("content-team", "secretary", "standing-deputy")


def acts(*waits: timedelta) -> list[Told]:
    """Return acts by one office after the other, with these waits between them."""
    at, found = MORNING, []
    for number, wait in enumerate((timedelta(), *waits)):
        at += wait
        lane = number % len(OFFICES)
        found.append(
            Told(
                number + 1,
                lane,
                at,
                "02/11",
                "08:00",
                "says",
                "plain",
                ROUND,
                wait,
                lane,
                "1 h" if number else "",
                False,
            )
        )
    return found


def both(told: list[Told]) -> list[Picture]:
    return [drawn(told, OFFICES, [], upright=upright) for upright in (False, True)]


def lengths(picture: Picture) -> list[float]:
    return [bar.height if picture.upright else bar.width for bar in picture.bars]


@pytest.mark.parametrize("many", [1, 2, 60, 120])
def test_every_act_has_its_mark_inside_the_picture_and_no_two_touch(many: int) -> None:
    for picture in both(acts(*[HOUR] * (many - 1))):
        assert len(picture.marks) == many
        assert all(0 < mark.x < picture.width and 0 < mark.y < picture.height for mark in picture.marks)
        along = [mark.y if picture.upright else mark.x for mark in picture.marks]
        assert all(later - earlier >= 22 for earlier, later in pairwise(along))


@given(st.lists(st.integers(0, 10_000), min_size=2, max_size=40))
def test_who_waited_longer_has_the_longer_bar_and_who_waited_alike_an_equal_one(minutes: list[int]) -> None:
    for picture in both(acts(*(timedelta(minutes=each) for each in minutes))):
        found = sorted(zip(minutes, lengths(picture), strict=True))
        for (wait, length), (longer, other) in pairwise(found):
            assert other >= length - 0.2
            assert longer > wait or other == pytest.approx(length, abs=0.2)


def test_acts_at_the_same_instant_stand_apart_all_the_same() -> None:
    for picture in both(acts(timedelta(), timedelta())):
        assert len(set(lengths(picture))) == 1
        assert min(lengths(picture)) > 0


def test_a_bar_lies_on_the_lane_of_whom_the_item_waited_for() -> None:
    told = acts(HOUR)

    lying = drawn(told, OFFICES, [], upright=False)

    assert lying.bars[0].y + lying.bars[0].height / 2 == lying.marks[1].y


def test_a_refused_attempt_moves_the_item_to_nobody() -> None:
    first, attempt, last = acts(HOUR, HOUR)
    tried = Told(2, 0, attempt.at, "", "", "", "plain", CROSS, HOUR, 2, "", longest=False)

    lying = drawn([first, tried, last], OFFICES, [], upright=False)

    assert lying.ways[1].y1 == lying.ways[1].y2 == lying.marks[2].y


@pytest.mark.parametrize("upright", [False, True])
def test_a_deadline_stands_between_the_acts_before_and_after_it_and_nowhere_once_it_was_met(upright: bool) -> None:
    told = acts(HOUR, 10 * HOUR)

    within = drawn(told, OFFICES, [(MORNING + 6 * HOUR, "due")], upright=upright)
    after = drawn(told, OFFICES, [(MORNING + 12 * HOUR, "due")], upright=upright)

    (line,) = within.deadlines
    one, two = within.marks[1], within.marks[2]
    assert (one.y < line.y1 < two.y) if upright else (one.x < line.x1 < two.x)
    assert after.deadlines == ()


@pytest.mark.parametrize(
    ("begun", "due"),
    [
        ("2026-11-16T09:00", "2026-11-24T00:00"),  # Monday: through the next Monday
        ("2026-11-20T23:59", "2026-11-28T00:00"),  # Friday at night
        ("2026-11-21T00:00", "2026-11-28T00:00"),  # Saturday counts no more than Friday
    ],
)
def test_five_working_days_end_with_the_fifth_and_leave_weekends_out(begun: str, due: str) -> None:
    at = datetime.fromisoformat(begun).replace(tzinfo=PROVINCE)

    assert end_of_working_days(at, 5, PROVINCE) == datetime.fromisoformat(due).replace(tzinfo=PROVINCE)
