"""A check beside the pages: one at a time, its progress and its end are told, and one that died is not waited for."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any
from uuid import UUID

import pytest
from pymongo.database import Database

from infra.read_store.seal import Seal
from services.audit.inspection import SILENT, Inspections, State
from services.audit.log.differences import Difference, Kind
from services.audit.log.verification import NO_WITNESS, Checked, Outcome, Progress
from tests.builders.audit import MORNING, MemoryAudit, an_act

pytestmark = pytest.mark.servers

Checking = Callable[[Callable[[Progress], Outcome]], "Checks"]
FIRST, SECOND = UUID(int=1), UUID(int=2)
INTACT = Outcome(7, bytes(32), (Checked("content", 3, 7, 7, 0),), (), 0)


class Clock:
    def __init__(self) -> None:
        self.now = MORNING

    def __call__(self) -> datetime:
        return self.now


class Checks:
    """Inspections with a check that tests write, a clock that they turn, and what was recorded."""

    def __init__(self, store: Database[dict[str, Any]], seal: Seal, check: Callable[[Progress], Outcome]) -> None:
        self.audit, self.clock, self.closed = MemoryAudit(), Clock(), list[datetime]()
        self.inspections = Inspections(store, self.audit, check, self.closed.append, seal, self.clock)

    def run(self, inspection: UUID = FIRST) -> None:
        thread = self.inspections.begin(inspection, act=an_act())
        assert thread is not None
        thread.join(timeout=10)

    @property
    def last(self) -> State:
        last = self.inspections.last()
        assert last is not None
        return last

    def recorded(self) -> list[str]:
        return [topic for topic, _ in self.audit.states()]


@pytest.fixture
def checking(store_database: Database[dict[str, Any]], tmp_path: Path) -> Checking:
    """Inspections over a store and a secret of their own."""
    return partial(Checks, store_database, Seal(tmp_path / "secret"))


def test_what_a_check_has_found_is_kept_and_recorded(checking: Checking) -> None:
    found = (Difference("content", 4, Kind.SWAPPED, 6),)
    checks = checking(lambda _: Outcome(7, bytes(32), INTACT.services, found, 1))

    checks.run()

    assert not checks.last.intact
    assert [(f.log, f.position, f.kind, f.until) for f in checks.last.findings] == [("content", 4, "swapped", 6)]
    assert [(log.service, log.events) for log in checks.last.logs] == [("content", 7)]
    assert checks.recorded() == ["audit.inspection.finished"]


def test_progress_is_seen_while_a_check_runs_and_no_second_one_begins(checking: Checking) -> None:
    half, go_on = Event(), Event()

    def check(progress: Progress) -> Outcome:
        progress(5, 10)
        half.set()
        assert go_on.wait(10)
        return INTACT

    checks = checking(check)
    running = checks.inspections.begin(FIRST, act=an_act())
    assert half.wait(10)

    assert checks.last.runs(MORNING)
    assert checks.last.percent == 50
    assert checks.inspections.begin(SECOND, act=an_act()) is None
    go_on.set()
    assert running is not None
    running.join(timeout=10)
    assert checks.last.intact
    assert checks.recorded() == ["audit.inspection.finished"]


def test_the_same_press_of_the_button_checks_once(checking: Checking) -> None:
    checks = checking(lambda _: INTACT)
    checks.run()

    assert checks.inspections.begin(FIRST, act=an_act()) is None
    checks.run(SECOND)


def test_a_check_that_has_died_is_not_waited_for(store_database: Database[dict[str, Any]], checking: Checking) -> None:
    checks = checking(lambda _: INTACT)
    checks.run()
    store_database["inspections"].update_one({}, {"$set": {"ended_at": None}})

    checks.clock.now = MORNING + SILENT - timedelta(seconds=1)
    assert checks.last.runs(checks.clock())
    assert checks.inspections.begin(SECOND, act=an_act()) is None

    checks.clock.now = MORNING + SILENT
    assert not checks.last.runs(checks.clock())
    checks.run(SECOND)


def test_what_could_not_be_proven_is_told_and_recorded_as_not_intact(checking: Checking) -> None:
    checks = checking(lambda _: replace(INTACT, unproven=(NO_WITNESS,)))

    checks.run()

    assert not checks.last.intact
    assert checks.last.unproven == (NO_WITNESS,)
    assert [(b'"intact":false' in state, b"unproven no_witness" in state) for _, state in checks.audit.states()] == [
        (True, True)
    ]


def test_a_check_that_could_not_be_made_says_so_and_claims_nothing(
    checking: Checking,
) -> None:
    def check(_: Progress) -> Outcome:
        raise ZeroDivisionError("?")

    checks = checking(check)

    checks.run()

    assert checks.last.failed == "failed"
    assert not checks.last.intact
    assert checks.recorded() == []


@pytest.mark.parametrize("forged", [{"findings": []}, {"total": 0}, {"ended_at": MORNING + timedelta(days=1)}])
def test_an_end_that_the_check_did_not_come_to_is_not_told(
    store_database: Database[dict[str, Any]], checking: Checking, forged: dict[str, Any]
) -> None:
    found = (Difference("content", 4, Kind.CHANGED),)
    checks = checking(lambda _: Outcome(7, bytes(32), INTACT.services, found, 1))
    checks.run()

    store_database["inspections"].update_one({"_id": "last"}, {"$set": forged})

    assert checks.inspections.last() is None


def test_without_any_check_there_is_none(checking: Checking) -> None:
    assert checking(lambda _: INTACT).inspections.last() is None
