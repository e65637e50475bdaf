"""How everything fares, on one page: is it intact, is anything stuck, does everything run."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import APIRouter
from starlette.responses import Response

from infra.operations.facts import INTACT, Backup, Disk, Facts, Lag, Process, Queue
from infra.operations.record import Observations
from infra.operations.tending import LOOKING
from infra.web.page import StaffPage

STALE_AFTER = timedelta(seconds=30)
"""Whoever observes looks every few seconds; figures older than this say nothing about now."""
_BACKUP_OLD_AFTER = timedelta(hours=26)
_BEHIND_S, _STUCK_S = 10, 60
_DISK_LEFT_LEAST = 0.1


@dataclass(frozen=True, slots=True)
class Overview:
    """The facts with what they mean to a person: each tone is good, waiting or bad."""

    facts: Facts
    now: datetime

    @property
    def stale(self) -> bool:
        """Tell whether nobody observes any more."""
        return self.now - self.facts.at > STALE_AFTER

    @property
    def verdict(self) -> str:
        """Tell what is known of the logs: intact, tampered or unproven; nothing known is unproven."""
        return self.facts.verification.verdict if self.facts.verification else "unproven"

    @property
    def intact(self) -> bool:
        """Tell whether the logs are proven to be intact."""
        return self.verdict == INTACT

    @property
    def parked(self) -> int:
        """Count the messages that wait."""
        return sum(parked.count for parked in self.facts.parked)

    @property
    def furthest(self) -> Lag | None:
        """Return the reader that is furthest behind; None when nobody is."""
        behind = [lag for lag in self.facts.lags if lag.events]
        return max(behind, key=lambda lag: lag.seconds, default=None)

    @property
    def backup_is_old(self) -> bool:
        """Tell whether a new backup is due."""
        backup: Backup | None = self.facts.backup
        return backup is None or self.now - backup.began > _BACKUP_OLD_AFTER

    @property
    def disk_is_tight(self) -> bool:
        """Tell whether room is getting short."""
        disk: Disk = self.facts.disk
        return disk.free_bytes < disk.size_bytes * _DISK_LEFT_LEAST

    def tone_of_lag(self, lag: Lag) -> str:
        """Say how bad it is that a reader is so far behind."""
        if lag.seconds > _STUCK_S:
            return "bad"
        return "waiting" if lag.seconds > _BEHIND_S else "good"

    def tone_of_queue(self, queue: Queue) -> str:
        """Say how bad it is: nobody reads a queue, or something could not be read."""
        return "bad" if (queue.ready if queue.kind == "dead" else not queue.consumers) else "good"

    def tone_of_process(self, process: Process) -> str:
        """Say how bad the state of a process is."""
        if process.failing:
            return "bad"
        return "good" if process.state == "ready" else "waiting"


class OverviewPages:
    """The page with everything that is observed."""

    def __init__(self, observations: Observations) -> None:
        self._observations = observations

    def router(self) -> APIRouter:
        """Every address of this area."""
        router = APIRouter()
        router.get("/")(self.show)
        router.get("/state")(self.state)
        return router

    def show(self, page: StaffPage) -> Response:
        """Show the page."""
        page.require(*LOOKING)
        return page.render("overview.html", overview=self._overview(page))

    def state(self, page: StaffPage) -> Response:
        """Return only what changes, for the page that renews itself."""
        page.require(*LOOKING)
        return page.render("state.html", overview=self._overview(page))

    def _overview(self, page: StaffPage) -> Overview | None:
        facts = self._observations.latest()
        return None if facts is None else Overview(facts, page.now)
