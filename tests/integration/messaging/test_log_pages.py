"""A page of a log is bounded in number and in bytes, and whoever asks again and again gets everything."""

from uuid import UUID

import pytest

from infra.event_store import LogEntry
from infra.kernel.canonical import canonical_json
from infra.messaging.errors import LogEndsBefore
from infra.messaging.log_pages import page_as_answer

LONG = 1_000_000


class KeptLog:
    def __init__(self, count: int, length: int) -> None:
        state = canonical_json({"text": "x" * length, "timestamp": "2026-03-02T01:30:00.000000+00:00"})
        self.entries = [LogEntry(n, UUID(int=n), 1, "a.topic", state) for n in range(1, count + 1)]

    def page(self, after: int, limit: int) -> list[LogEntry]:
        return self.entries[after : after + limit]

    def head(self) -> int:
        return len(self.entries)


def positions(log: KeptLog, after: int, limit: int) -> list[int]:
    return [event["position"] for event in page_as_answer(log, "demo", "p", after, limit)]


def test_a_page_has_as_many_events_as_asked_and_never_more_than_its_most() -> None:
    log = KeptLog(2_000, 1)

    assert positions(log, 3, 2) == [4, 5]
    assert positions(log, 0, 1_000_000) == list(range(1, 501))
    assert positions(log, -5, 0) == [1]
    assert positions(log, 2_000, 10) == []


def test_a_page_of_long_events_ends_early_and_the_next_goes_on_from_there() -> None:
    log = KeptLog(10, LONG)
    first = positions(log, 0, 200)

    assert first == [1, 2, 3, 4]
    assert positions(log, first[-1], 200) == [5, 6, 7, 8]


def test_who_has_read_further_than_the_log_reaches_is_told_so() -> None:
    log = KeptLog(3, 1)

    assert positions(log, 3, 200) == []
    with pytest.raises(LogEndsBefore, match="the log of demo ends at 3; what follows 5 was asked for"):
        positions(log, 5, 200)
    with pytest.raises(LogEndsBefore):
        positions(KeptLog(0, 1), 1, 200)
