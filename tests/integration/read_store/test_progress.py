"""Long work tells how far it is, how fast it goes, and how long it will take."""

import io

import pytest

from infra.read_store.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_on_a_terminal_one_line_changes_in_place() -> None:
    terminal, clock = Terminal(), Clock()
    progress = Progress("content", "events", 1_000, terminal=terminal, clock=clock)

    clock.now += 10
    progress.reached(21_000, 161_000)
    progress.end()

    assert terminal.getvalue() == "\r\x1b[Kcontent: 21,000 of 161,000 events, 2,000/s, 1:10 left \n"


def test_elsewhere_it_tells_from_time_to_time_and_at_the_end_once(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    progress = Progress("content", "events", terminal=io.StringIO(), clock=clock)

    for count in (0, 10, 20, 30, 40, 40):
        clock.now += 2
        progress.reached(count, 40)

    told = [line for line in capsys.readouterr().out.splitlines() if "rebuild_progress" in line]
    assert len(told) == 2
    assert "20" in told[0]
    assert "40" in told[1]


def test_nothing_done_yet_promises_nothing() -> None:
    terminal = Terminal()
    progress = Progress("content", "events", terminal=terminal, clock=Clock())

    progress.reached(0, 40)

    assert terminal.getvalue().endswith("0 of 40 events, 0/s ")
