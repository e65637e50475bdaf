"""How soon a change is told: one turn after its place was last read, and what is left of the reading that meets it."""

import pytest

from services.audit.watch.pace import Pace

A_MINUTE = 60.0
MOST_WORK = 20.0
"""Seconds; decision 0066 says how many entries that is."""


def told_after_at_most(work: float) -> float:
    """A reading that has met something goes on at full speed, from the first entry at worst."""
    return Pace().turn(work, found=False) + work


@pytest.mark.parametrize("work", [0.01, 1.0, 8.0, MOST_WORK])
def test_a_change_is_told_within_a_minute_while_a_reading_takes_no_more_than_twenty_seconds(work: float) -> None:
    assert told_after_at_most(work) <= A_MINUTE


@pytest.mark.parametrize("work", [MOST_WORK + 0.1, 100.0])
def test_beyond_that_a_change_is_told_after_three_times_what_a_reading_takes(work: float) -> None:
    assert told_after_at_most(work) == pytest.approx(3 * work)
