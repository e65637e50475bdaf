"""Whatever is done to a service's log, the comparison with the audit log names the position and the deed."""

from collections.abc import Sequence
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audit.log.differences import MOST_KEPT, Compared, Comparison, Difference, Kind
from services.audit.log.leaf import Leaf, Leaves, leaf_of


def an_event(position: int, words: str = "") -> Leaf:
    state = (words or f"event {position}").encode()
    return leaf_of("content", position, "content.article.cleared", UUID(int=1), position, state)


def standing_at(position: int, event: Leaf) -> Leaf:
    return event._replace(position=position)


def events(count: int) -> list[Leaf]:
    return [an_event(position) for position in range(1, count + 1)]


class Log:
    """A service's log that gives its events in the portions in which they are written here."""

    def __init__(self, *portions: Sequence[Leaf]) -> None:
        self._portions = [portion for portion in portions if portion]

    def following(self) -> Leaves:
        return Leaves.of(self._portions.pop(0) if self._portions else ())


def compared(found: Sequence[Leaf], audited: Sequence[Leaf]) -> Compared:
    log = Log(found[:4], found[4:])
    comparison = Comparison("content", log)
    for leaf in audited:
        comparison.audited(leaf, leaf.hash, sound=True)
    return comparison.finish(log)


def differences(found: Sequence[Leaf], audited: Sequence[Leaf]) -> list[Difference]:
    return compared(found, audited).differences


@given(st.integers(0, 30))
def test_a_log_that_nobody_touched_has_no_differences(count: int) -> None:
    comparison = compared(events(count), events(count))

    assert comparison.differences == []
    assert (comparison.total, comparison.waiting) == (0, 0)


def test_events_that_have_not_arrived_yet_are_waiting_and_no_difference() -> None:
    comparison = compared(events(5), events(3))

    assert comparison.differences == []
    assert comparison.waiting == 2


def test_a_changed_event_is_named() -> None:
    found = events(5)
    found[2] = an_event(3, "other words")

    assert differences(found, events(5)) == [Difference("content", 3, Kind.CHANGED)]


def test_the_last_event_changed_is_named_too() -> None:
    found = [*events(4), an_event(5, "other words")]

    assert differences(found, events(5)) == [Difference("content", 5, Kind.CHANGED)]


def test_a_deleted_event_is_missing_at_its_position() -> None:
    found = events(5)
    del found[1:3]

    assert differences(found, events(5)) == [
        Difference("content", 2, Kind.MISSING),
        Difference("content", 3, Kind.MISSING),
    ]


def test_two_events_in_each_others_place_were_swapped() -> None:
    found = events(6)
    found[1], found[4] = standing_at(2, found[4]), standing_at(5, found[1])

    assert differences(found, events(6)) == [Difference("content", 2, Kind.SWAPPED, 5)]


def test_two_neighbours_in_each_others_place_were_swapped() -> None:
    found = events(4)
    found[1], found[2] = standing_at(2, found[2]), standing_at(3, found[1])

    assert differences(found, events(4)) == [Difference("content", 2, Kind.SWAPPED, 3)]


def test_an_end_that_was_cut_off_is_named_from_its_first_position_on() -> None:
    assert differences(events(3), events(5)) == [
        Difference("content", 4, Kind.TRUNCATED),
        Difference("content", 5, Kind.TRUNCATED),
    ]


def test_a_log_of_which_nothing_is_left_was_cut_off_from_its_beginning() -> None:
    assert differences([], events(1)) == [Difference("content", 1, Kind.TRUNCATED)]


def test_an_event_put_in_between_that_moved_all_later_ones_is_named_once() -> None:
    pushed = [standing_at(event.position + 1, event) for event in events(5)[2:]]
    found = [*events(2), an_event(3, "put in"), *pushed]

    comparison = compared(found, events(5))

    assert comparison.differences == [Difference("content", 3, Kind.INSERTED)]
    assert comparison.waiting == 1


def test_an_event_taken_out_that_moved_all_later_ones_is_named_once() -> None:
    found = [*events(2), *(standing_at(event.position - 1, event) for event in events(6)[3:])]

    assert differences(found, events(6)) == [
        Difference("content", 3, Kind.MISSING),
        Difference("content", 6, Kind.TRUNCATED),
    ]


def test_a_second_event_at_a_position_that_is_taken_was_inserted() -> None:
    found = [*events(3), an_event(2, "again"), *events(5)[3:]]

    assert differences(found, events(5)) == [Difference("content", 2, Kind.INSERTED)]


def test_a_second_event_after_the_last_one_audited_was_inserted_too() -> None:
    assert differences([*events(3), an_event(1, "again")], events(3)) == [Difference("content", 1, Kind.INSERTED)]


def test_however_many_were_changed_all_are_counted_and_the_first_are_named() -> None:
    found = [an_event(position, f"other {position}") for position in range(1, MOST_KEPT + 11)]

    comparison = compared(found, events(MOST_KEPT + 10))

    assert len(comparison.differences) == MOST_KEPT
    assert comparison.total == MOST_KEPT + 10


@given(st.data())
def test_no_single_deed_goes_unnoticed(data: st.DataObject) -> None:
    count = data.draw(st.integers(2, 12))
    place = data.draw(st.integers(0, count - 1))
    found = events(count)
    deed = data.draw(st.sampled_from(["change", "delete", "swap", "insert"]))
    if deed == "change":
        found[place] = an_event(place + 1, "other words")
    elif deed == "delete":
        del found[place]
    elif deed == "swap":
        other = data.draw(st.integers(0, count - 1).filter(lambda other: other != place))
        found[place], found[other] = standing_at(place + 1, found[other]), standing_at(other + 1, found[place])
    else:
        found.insert(place, an_event(place + 1, "put in"))

    assert place + 1 in {position for d in differences(found, events(count)) for position in (d.position, d.until)}


@pytest.mark.parametrize("change", [{"topic": "content.article.returned"}, {"version": 9}, {"subject": UUID(int=2)}])
def test_an_event_of_the_same_bytes_under_another_name_was_changed(change: dict[str, object]) -> None:
    found = events(2)
    found[0] = found[0]._replace(**change)  # type: ignore[arg-type]

    assert differences(found, events(2)) == [Difference("content", 1, Kind.CHANGED)]


def test_where_an_entry_and_its_hash_disagree_the_hash_is_believed() -> None:
    comparison = Comparison("content", Log([an_event(1, "other words"), an_event(2)]))

    comparison.audited(an_event(1, "other words"), an_event(1).hash, sound=False)
    comparison.audited(an_event(2, "other words"), an_event(2).hash, sound=False)

    assert comparison.finish(Log()).differences == [Difference("content", 1, Kind.CHANGED)]
