"""A check beside the pages: one at a time, its progress and its end are told, and one that died is not waited for."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Event
from typing import Any
from uuid import UUID

import pytest
from pymongo.database import Database

from services.audit.inspection import SILENT, Inspections, State
from services.audit.log.differences import Difference, Kind
from services.audit.log.verification import NO_WITNESS, Checked, Outcome, Progress
from tests.builders.audit import MORNING, MemoryAudit, an_act

pytestmark = pytest.mark.servers

FIRST, SECOND = UUID(int=1), UUID(int=2)
INTACT = Outcome(7, bytes(32), (Checked("content", 3, 7, 7, 0),), (), 0)


class Clock:
    def __init__(self) -> None:
        self.now = MORNING

    def __call__(self) -> datetime:
        return self.now


class Checks:
    """Inspections with a check that tests write, a clock that they turn, and what was recorded."""

    def __init__(self, store: Database[dict[str, Any]], check: Callable[[Progress], Outcome]) -> None:
        self.audit, self.clock, self.closed = MemoryAudit(), Clock(), list[datetime]()
        self.inspections = Inspections(store, self.audit, check, self.closed.append, self.clock)

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


def test_what_a_check_has_found_is_kept_and_recorded(store_database: Database[dict[str, Any]]) -> None:
    found = (Difference("content", 4, Kind.SWAPPED, 6),)
    checks = Checks(store_database, lambda _: Outcome(7, bytes(32), INTACT.services, found, 1))

    checks.run()

    assert not checks.last.intact
    assert [(f.log, f.position, f.kind, f.until) for f in checks.last.findings] == [("content", 4, "swapped", 6)]
    assert [(log.service, log.events) for log in checks.last.logs] == [("content", 7)]
    assert checks.recorded() == ["audit.inspection.finished"]


def test_progress_is_seen_while_a_check_runs_and_no_second_one_begins(store_database: Database[dict[str, Any]]) -> None:
    half, go_on = Event(), Event()

    def check(progress: Progress) -> Outcome:
        progress(5, 10)
        half.set()
        assert go_on.wait(10)
        return INTACT

    checks = Checks(store_database, check)
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


def test_the_same_press_of_the_button_checks_once(store_database: Database[dict[str, Any]]) -> None:
    checks = Checks(store_database, lambda _: INTACT)
    checks.run()

    assert checks.inspections.begin(FIRST, act=an_act()) is None
    checks.run(SECOND)


def test_a_check_that_has_died_is_not_waited_for(store_database: Database[dict[str, Any]]) -> None:
    checks = Checks(store_database, lambda _: INTACT)
    checks.run()
    store_database["inspections"].update_one({}, {"$set": {"ended_at": None}})

    checks.clock.now = MORNING + SILENT - timedelta(seconds=1)
    assert checks.last.runs(checks.clock())
    assert checks.inspections.begin(SECOND, act=an_act()) is None

    checks.clock.now = MORNING + SILENT
    assert not checks.last.runs(checks.clock())
    checks.run(SECOND)


def test_what_could_not_be_proven_is_told_and_recorded_as_not_intact(store_database: Database[dict[str, Any]]) -> None:
    checks = Checks(store_database, lambda _: replace(INTACT, unproven=(NO_WITNESS,)))

    checks.run()

    assert not checks.last.intact
    assert checks.last.unproven == (NO_WITNESS,)
    assert [(b'"intact":false' in state, b"unproven no_witness" in state) for _, state in checks.audit.states()] == [
        (True, True)
    ]


def test_a_check_that_could_not_be_made_says_so_and_claims_nothing(
    store_database: Database[dict[str, Any]],
) -> None:
    def check(_: Progress) -> Outcome:
        raise ZeroDivisionError("?")

    checks = Checks(store_database, check)

    checks.run()

    assert checks.last.failed == "failed"
    assert not checks.last.intact
    assert checks.recorded() == []


def test_without_any_check_there_is_none(store_database: Database[dict[str, Any]]) -> None:
    assert Checks(store_database, lambda _: INTACT).inspections.last() is None
