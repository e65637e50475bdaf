"""What a soak counts as growth: after warming up, beside what allocators and caches take for themselves."""

import pytest

from tests.benches.frame import measure
from tests.benches.m1_soak import line_of
from tests.benches.soaking import Series


def series(*taken: float) -> Series:
    return Series(list(taken), {1})


def test_warming_up_is_no_growth() -> None:
    flat = series(10, 40, 80, 80, 81, 79, 80, 80, 80, 81)

    assert (flat.warm, flat.grown) == (80, 0.5)


@pytest.mark.parametrize(("last", "passes"), [(87.0, True), (87.1, False)])
def test_a_twentieth_and_three_mib_are_no_leak(last: float, passes: bool) -> None:
    line = measure("M1", "memory", line_of("press", series(60, 70, 80, 80, 83, 83, 85, 85, last, last)))

    assert line.passes is passes


def test_one_sample_out_of_line_counts_for_nothing() -> None:
    spiky = series(*[80.0] * 22, 300.0, 80.0, 80.0)

    assert spiky.grown == 0


def test_a_process_that_was_started_again_has_failed() -> None:
    again = Series([80.0] * 10, {1, 2})

    assert not measure("M1", "memory", line_of("press", again)).passes
