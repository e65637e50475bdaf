"""A check of all logs that runs beside the pages: its progress while it runs, its outcome when it has ended."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock, Thread
from typing import Any
from uuid import UUID

from pymongo.database import Database

from infra.kernel.act import Act
from infra.kernel.clock import Clock, system_clock
from infra.logs import get_logger
from infra.read_store.seal import Seal
from services.audit.application import AuditApplication
from services.audit.log.verification import Answer, Outcome, Progress

SILENT = timedelta(seconds=60)
"""A check that has told nothing for so long has died with its process."""
MOST_SHOWN = 200

log = get_logger("inspection")

Check = Callable[[Progress], Outcome]
"""Checks all logs."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference as pages show it; `until` is None where one position is concerned."""

    log: str
    position: int
    kind: str
    until: int | None


@dataclass(frozen=True, slots=True)
class CheckedLog:
    """How far one service's log was checked."""

    service: str
    commits: int
    events: int
    head: int
    waiting: int


@dataclass(frozen=True, slots=True)
class State:
    """The check that runs or ran last: `failed` says why it could not be carried out."""

    id: UUID
    account: str
    capacity: str
    begun_at: datetime
    heard_at: datetime
    ended_at: datetime | None
    done: int
    of: int
    root: str
    total: int
    failed: str
    logs: tuple[CheckedLog, ...]
    findings: tuple[Finding, ...]
    unproven: tuple[str, ...] = ()

    @property
    def intact(self) -> bool:
        """Tell whether the check has ended, found nothing, and lacked nothing that it needed."""
        return self.ended_at is not None and not self.findings and not self.failed and not self.unproven

    @property
    def percent(self) -> int:
        """How much is done."""
        return 100 * self.done // self.of if self.of else 0

    def runs(self, now: datetime) -> bool:
        """Tell whether it is going on."""
        return self.ended_at is None and now - self.heard_at < SILENT


class Inspections:
    """Runs one check at a time, whoever asks, and keeps the last one in the store.

    What has ended is sealed: what else stands there as the end of a check is none.
    """

    def __init__(
        self,
        store: Database[dict[str, Any]],
        application: AuditApplication,
        check: Check,
        found_nothing: Callable[[datetime], None],
        seal: Seal,
        clock: Clock = system_clock,
    ) -> None:
        """Call `found_nothing` with the instant at which a check has ended without any difference or doubt."""
        self._kept = store["inspections"]
        self._application = application
        self._check = check
        self._found_nothing = found_nothing
        self._seal = seal
        self._clock = clock
        self._begins = Lock()

    def last(self) -> State | None:
        """Return the check that runs or ran last; None where there is none, or another end was put in its place."""
        kept = self._kept.find_one({"_id": "last"})
        if kept is None or (kept["ended_at"] is not None and not self._seal.holds(kept)):
            return None
        return _state(kept)

    def begin(self, inspection_id: UUID, *, act: Act) -> Thread | None:
        """Begin a check in a thread of its own; None when one runs already."""
        with self._begins:
            last = self.last()
            if last is not None and (last.id == inspection_id or last.runs(self._clock())):
                return None
            self._keep_anew(inspection_id, act)
        thread = Thread(target=self._run, args=(inspection_id, act), name="inspection", daemon=True)
        thread.start()
        return thread

    def _run(self, inspection_id: UUID, act: Act) -> None:
        try:
            outcome = self._check(self._tell)
        except Exception as failure:
            log.exception("inspection_failed")
            self._end(failed="failed", reason=type(failure).__name__)
        else:
            found = [_name(each) for each in _findings(outcome)] or [f"unproven {why}" for why in outcome.unproven]
            self._application.finish_inspection(inspection_id, outcome.size, outcome.root, found, act=act)
            if outcome.answer is Answer.INTACT:
                self._found_nothing(self._clock())
            self._end(**_result(outcome))

    def _tell(self, done: int, of: int) -> None:
        self._kept.update_one({"_id": "last"}, {"$set": {"done": done, "of": of, "heard_at": self._clock()}})

    def _end(self, **facts: Any) -> None:
        now = self._clock()
        kept = self._kept.find_one({"_id": "last"}) or {"_id": "last"}
        sealed = self._seal.put({**kept, **facts, "heard_at": now, "ended_at": now})
        self._kept.replace_one({"_id": "last"}, sealed, upsert=True)

    def _keep_anew(self, inspection_id: UUID, act: Act) -> None:
        now = self._clock()
        who = {"id": inspection_id, "account": str(act.account), "capacity": act.capacity}
        blank = {"done": 0, "of": 0, "root": "", "total": 0, "failed": "", "logs": [], "findings": [], "unproven": []}
        document = {**who, **blank, "begun_at": now, "heard_at": now, "ended_at": None}
        self._kept.replace_one({"_id": "last"}, document, upsert=True)


def _findings(outcome: Outcome) -> list[Finding]:
    return [Finding(d.log, d.position, d.kind.value, d.until) for d in outcome.differences]


def _name(finding: Finding) -> str:
    return f"{finding.log}/{finding.position} {finding.kind}"


def _result(outcome: Outcome) -> dict[str, Any]:
    shown = outcome.differences[:MOST_SHOWN]
    return {
        "root": outcome.root.hex(),
        "total": outcome.total,
        "done": outcome.size,
        "of": outcome.size,
        "logs": [
            {"service": c.service, "commits": c.commits, "events": c.events, "head": c.head, "waiting": c.waiting}
            for c in outcome.services
        ],
        "unproven": list(outcome.unproven),
        "findings": [{"log": d.log, "position": d.position, "kind": d.kind.value, "until": d.until} for d in shown],
    }


def _state(kept: dict[str, Any]) -> State:
    names = State.__dataclass_fields__.keys() & kept.keys()
    logs = tuple(CheckedLog(**each) for each in kept["logs"])
    findings = tuple(Finding(**each) for each in kept["findings"])
    unproven = tuple(kept.get("unproven", ()))
    known = {name: kept[name] for name in names}
    return State(**{**known, "logs": logs, "findings": findings, "unproven": unproven})
