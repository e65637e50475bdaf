"""The page on which all logs are checked: without end by the monitor, and at the press of a button by whoever inspects."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from infra.kernel.verdicts import Accepted, Verdict
from infra.web.forms import Filled, Form
from infra.web.languages import msg
from infra.web.page import Page, StaffPage
from services.audit.application import AuditApplication
from services.audit.inspection import Inspections
from services.audit.log.differences import AUDIT_LOG, WITNESS
from services.audit.log.verification import Answer
from services.audit.messages import INSPECTION_FINISHED
from services.audit.queries.acts import AuditQueries
from services.audit.queries.criteria import Criteria
from services.audit.ui.inspector import let_act, let_in
from services.audit.ui.words import duration
from services.audit.watch.memory import Memory
from services.audit.watch.standing import NO_MONITOR, Standing

_EARLIER_SHOWN = 10
_FINDINGS_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Nothing:
    """The button asks nothing."""


INSPECT = Form("inspect", Nothing)


class VerificationPages:
    """Read what the monitor says and has found; check, watch, read the outcome."""

    def __init__(
        self, inspections: Inspections, application: AuditApplication, queries: AuditQueries, memory: Memory
    ) -> None:
        self._memory = memory
        self._inspections = inspections
        self._application = application
        self._queries = queries

    def router(self) -> APIRouter:
        """Every address of this area."""
        router = APIRouter()
        router.get("/verification")(self.show)
        router.post("/verification")(self.begin)
        router.get("/verification/progress")(self.progress)
        router.get("/verification/monitor")(self.monitor)
        return router

    def show(self, page: StaffPage) -> Response:
        """Show the check that runs or ran last."""
        let_in(page)
        return self._shown(page, page.form(INSPECT))

    def begin(self, page: StaffPage) -> Response:
        """Begin a check; where one runs already, show that one."""
        act = let_act(page, self._application, "inspect")

        def command(_: Nothing) -> Verdict:
            self._inspections.begin(page.form_id, act=act)
            return Accepted(page.form_id, 1, 0)

        return page.submit(
            page.form(INSPECT),
            command,
            again=lambda form: self._shown(page, form),
            done=lambda _: "/verification",
            said=msg("The check has begun."),
        )

    def progress(self, page: StaffPage) -> Response:
        """Return only the part of the page that changes while a check runs."""
        let_in(page)
        return page.render("verification_state.html", audit_log=AUDIT_LOG, witness=WITNESS, **self._state(page))

    def monitor(self, page: StaffPage) -> Response:
        """Return only the part of the page that says what the monitor says."""
        let_in(page)
        return page.render("verification_monitor.html", **self._watched(page))

    def _shown(self, page: Page, form: Filled[Nothing]) -> Response:
        earlier = self._queries.search(Criteria(kind=INSPECTION_FINISHED), limit=_EARLIER_SHOWN)
        state, watched = self._state(page), self._watched(page)
        return page.render("verification.html", form=form, earlier=earlier.items, **state, **watched)

    def _watched(self, page: Page) -> dict[str, Any]:
        said = self._memory.said()
        answer, reasons = answer_of(said, page.now)
        ago = (
            said.checked_at and duration(page, max(page.now - said.checked_at, timedelta(seconds=1))) if said else None
        )
        turn = duration(page, timedelta(seconds=said.turn_seconds)) if said else ""
        return {
            "said": said,
            "answer": answer.value,
            "reasons": reasons,
            "checked_ago": ago,
            "turn_lasts": turn,
            "findings": self._memory.findings(_FINDINGS_SHOWN),
            "audit_log": AUDIT_LOG,
            "witness": WITNESS,
        }

    def _state(self, page: Page) -> dict[str, Any]:
        state = self._inspections.last()
        names = {} if state is None else self._queries.names([state.account])
        return {
            "state": state,
            "runs": state is not None and state.runs(page.now),
            "who": "" if state is None else names.get(state.account, ""),
        }


def answer_of(said: Standing | None, now: datetime) -> tuple[Answer, tuple[str, ...]]:
    """Return what is certain at an instant, and why nothing is, where that is so."""
    if said is None:
        return Answer.UNPROVEN, (NO_MONITOR,)
    return said.answer(now), said.doubted(now) or said.reasons
