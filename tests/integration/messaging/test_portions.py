"""A portion of a log is bounded in number and in bytes, whoever asks again gets everything, and little is read in vain."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.event_store import LogEntry
from infra.messaging.portions import PORTION_BYTES, Portions

LONG = PORTION_BYTES // 4


class KeptLog:
    def __init__(self, *lengths: int) -> None:
        self.entries = [LogEntry(n, UUID(int=n), 1, "a.topic", bytes(each)) for n, each in enumerate(lengths, 1)]
        self.asked: list[int] = []

    def page(self, after: int, limit: int) -> list[LogEntry]:
        found = self.entries[after : after + limit]
        self.asked.append(len(found))
        return found


def sizes(log: KeptLog, entries: int = 500) -> list[int]:
    """Read a log to its end; return how many entries each portion had."""
    portions, found, position = Portions(log, entries), list[int](), 0
    while portion := portions.after(position):
        assert [entry.position for entry in portion] == list(range(position + 1, position + 1 + len(portion)))
        found.append(len(portion))
        position = portion[-1].position
    assert position == len(log.entries)
    return found


def test_of_an_empty_log_there_is_no_portion() -> None:
    assert sizes(KeptLog()) == []


def test_a_portion_of_short_entries_has_as_many_as_are_wanted_and_is_read_in_few_steps() -> None:
    log = KeptLog(*[100] * 1_200)

    assert sizes(log) == [500, 500, 200]
    assert len(log.asked) <= 15


def test_a_portion_ends_with_the_entry_that_brings_it_over_its_size() -> None:
    assert sizes(KeptLog(*[LONG] * 11)) == [5, 5, 1]
    assert sizes(KeptLog(*[LONG + 1] * 11)) == [4, 4, 3]


@pytest.mark.parametrize("length", [PORTION_BYTES, PORTION_BYTES + 1, 2 * PORTION_BYTES])
def test_an_entry_longer_than_a_portion_is_a_portion(length: int) -> None:
    assert sizes(KeptLog(1, length, length, 1))[0] <= 3
    assert sizes(KeptLog(*[2 * PORTION_BYTES] * 3)) == [1, 1, 1]


def test_of_long_entries_few_are_in_memory_at_once_and_few_are_read_in_vain() -> None:
    log = KeptLog(*[LONG + 1] * 100)

    sizes(log)

    assert max(log.asked) <= 8
    assert sum(log.asked) < 2 * 100


@given(st.lists(st.sampled_from([0, 1, 100, LONG, PORTION_BYTES]), max_size=60), st.integers(1, 20))
def test_whatever_the_lengths_everything_is_read_once_and_in_order(lengths: list[int], entries: int) -> None:
    assert all(1 <= size <= entries for size in sizes(KeptLog(*lengths), entries))
