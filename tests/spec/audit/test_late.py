"""When the monitor says that events are late: not because there are always new ones, but because one is never heard."""

import pytest

from infra.kernel.clock import system_clock
from services.audit.log.verification import Checked, Outcome
from services.audit.watch import word as words
from services.audit.watch.standing import LATE
from services.audit.watch.word import Word

MINUTE = 60.0


class Monitor:
    """Reads everything once a minute, on a watch that the test moves."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seconds = 0.0
        monkeypatch.setattr(words, "monotonic", lambda: self.seconds)
        self.word = Word(system_clock, open_findings=0)

    def reads(self, head: int, waiting: int) -> bool:
        """Read a log of which so many events wait, a minute after the last time; tell whether they are late."""
        self.seconds += MINUTE
        checked = Checked("content", head, head, head, waiting)
        self.word.concluded(Outcome(head - waiting, bytes(32), (checked,), (), total=0), open_findings=0)
        return LATE in self.word.now().reasons


@pytest.fixture
def monitor(monkeypatch: pytest.MonkeyPatch) -> Monitor:
    return Monitor(monkeypatch)


def test_a_log_that_always_has_a_few_new_events_is_not_late(monitor: Monitor) -> None:
    assert not any(monitor.reads(head=10 * minute, waiting=3) for minute in range(1, 60))


def test_an_event_that_is_not_heard_for_ten_minutes_is_late(monitor: Monitor) -> None:
    monitor.reads(head=5, waiting=0)

    said = [monitor.reads(head=5 + minute, waiting=minute) for minute in range(1, 14)]

    assert said == [False] * 11 + [True] * 2


def test_what_was_late_is_forgotten_once_it_has_been_heard(monitor: Monitor) -> None:
    assert any(monitor.reads(head=9, waiting=4) for _ in range(13))

    assert not monitor.reads(head=9, waiting=0)
