"""When a line of the bench passes, fails, and means nothing."""

from collections.abc import Callable, Iterator

import pytest

from tests.benches.frame import ATTEMPTS, Bar, Case, measure
from tests.benches.report import as_text

WARM_UP = 1000.0
"""What the first round gives, which does not count."""


def rounds(*figures: float) -> Callable[[], float]:
    """A side of a case that measures these figures, one a round."""
    following: Iterator[float] = iter((WARM_UP, *figures))
    return lambda: next(following)


def a_case(ours: Callable[[], float], control: Callable[[], float] | None, bar: Bar, *, inverse: bool = False) -> Case:
    return Case("8 writers", "events/s", ours, control, bar, inverse=inverse, rounds=3)


@pytest.mark.parametrize(("figure", "passes"), [(30.0, True), (29.9, False)])
def test_a_line_passes_when_its_median_reaches_the_bar_times_the_control(figure: float, passes: bool) -> None:
    line = measure("P1", "event append", a_case(rounds(1, figure, 90), rounds(10, 10, 11), Bar(">=", 3.0)))

    assert line.passes is passes
    assert ("pass" if passes else "FAIL") in as_text(line)


def test_where_less_is_better_the_ratio_is_turned_round() -> None:
    line = measure("P6", "page", a_case(rounds(40, 40, 40), rounds(8, 8, 8), Bar(">=", 0.18), inverse=True))

    assert line.ratio == 0.2
    assert line.passes


@pytest.mark.parametrize(("figure", "passes"), [(100.0, True), (100.1, False)])
def test_a_line_without_control_is_held_against_the_figure_itself(figure: float, passes: bool) -> None:
    line = measure("P5", "visible", a_case(rounds(figure, figure, figure), None, Bar("<=", 100.0)))

    assert (line.ratio, line.passes) == (None, passes)


@pytest.mark.parametrize(("last", "is_void"), [(12.0, False), (8.0, False), (12.1, True), (7.9, True)])
def test_a_line_is_void_when_its_control_drifts_by_more_than_a_fifth(last: float, is_void: bool) -> None:
    steady, unsteady = [100.0] * 3, [10.0, 10.0, last]
    again = [WARM_UP, *steady] * (ATTEMPTS - 1)

    line = measure(
        "P1",
        "event append",
        a_case(rounds(*steady, *again), rounds(*unsteady, *[WARM_UP, *unsteady] * (ATTEMPTS - 1)), Bar(">=", 1.0)),
    )

    assert line.is_void is is_void
    assert line.passes is not is_void


def test_an_unsteady_measurement_is_made_again() -> None:
    control = rounds(10, 10, 20, WARM_UP, 10, 10, 10)

    line = measure("P1", "event append", a_case(rounds(1, 1, 1, WARM_UP, 30, 30, 30), control, Bar(">=", 3.0)))

    assert line.passes
    assert line.ratio == 3.0
