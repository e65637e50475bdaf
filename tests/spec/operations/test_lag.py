"""How old the oldest event is that a reader has not taken in, told from looks at the head of a log."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from infra.operations.lag import Marks

NOON = datetime(2026, 11, 21, 5, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def test_a_reader_that_has_read_everything_is_not_behind() -> None:
    marks = Marks()
    marks.note(10, at(0))

    assert marks.seconds(10, at(60)) == 0


def test_an_event_is_as_old_as_the_first_look_that_saw_it() -> None:
    marks = Marks()
    for head, seen in ((10, 0), (12, 5), (12, 10), (20, 15)):
        marks.note(head, at(seen))

    assert marks.seconds(10, at(20)) == 15
    assert marks.seconds(11, at(20)) == 15
    assert marks.seconds(12, at(20)) == 5
    assert marks.seconds(9, at(20)) == 20


def test_what_all_readers_have_taken_in_is_forgotten_and_the_rest_is_not() -> None:
    marks = Marks()
    marks.note(10, at(0))
    marks.note(20, at(5))

    marks.forget(10)

    assert marks.seconds(15, at(10)) == 5
    assert marks.seconds(5, at(10)) == 5


def test_a_log_that_was_exchanged_begins_anew() -> None:
    marks = Marks()
    marks.note(100, at(0))

    marks.note(3, at(5))

    assert marks.seconds(2, at(6)) == 1


@given(st.lists(st.integers(1, 5), max_size=60), st.integers(0, 200))
def test_in_a_long_outage_an_event_never_counts_as_younger_than_it_was_seen(steps: list[int], position: int) -> None:
    marks, head, truth = Marks(most=8), 0, None
    for second, step in enumerate(steps):
        head += step
        marks.note(head, at(second))
        if truth is None and head > position:
            truth = second
    now = len(steps)

    told = marks.seconds(position, at(now))

    assert told >= (0 if truth is None else now - truth)
    assert told <= now
    assert len(marks._positions) <= 8
