"""Whatever the broker repeats, swaps or loses, a reader takes in each event, in order, with effect once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.messaging.errors import UpstreamBehind
from tests.builders.reader import Reader, event


def test_events_in_order_are_taken_in_as_one_run() -> None:
    reader = Reader()

    reader.inbox.receive([event(1), event(2), event(3)])

    assert reader.places == [1, 2, 3]
    assert reader.runs == [3]
    assert reader.positions.get("from.content") == 3
    assert reader.fetched == []


def test_what_is_known_already_has_no_effect() -> None:
    reader = Reader()
    reader.inbox.receive([event(1), event(2)])

    reader.inbox.receive([event(2), event(1), event(2)])

    assert reader.places == [1, 2]


def test_what_is_missing_before_an_event_is_fetched_from_its_service() -> None:
    reader = Reader(log=[event(n) for n in range(1, 6)])

    reader.inbox.receive([event(1), event(5)])

    assert reader.places == [1, 2, 3, 4, 5]
    assert reader.fetched == [1]


def test_a_lost_tail_is_found_by_asking() -> None:
    reader = Reader(log=[event(n) for n in range(1, 4)])
    reader.inbox.receive([event(1)])

    assert reader.inbox.catch_up()
    assert not reader.inbox.catch_up()

    assert reader.places == [1, 2, 3]


def test_an_event_that_its_service_does_not_know_is_not_taken_in() -> None:
    reader = Reader(log=[event(1)])

    with pytest.raises(UpstreamBehind):
        reader.inbox.receive([event(1), event(3)])

    assert reader.places == [1]
    assert reader.positions.get("from.content") == 1


@given(st.integers(1, 30), st.data())
def test_any_losses_repetitions_and_swaps_give_the_same_history(length: int, data: st.DataObject) -> None:
    log = [event(n, subject=n % 3) for n in range(1, length + 1)]
    reader = Reader(log=log)

    for batch in data.draw(st.lists(st.lists(st.sampled_from(log), max_size=10), max_size=8)):
        reader.inbox.receive(batch)
    while reader.inbox.catch_up():
        pass

    assert reader.places == [each.position for each in log]
