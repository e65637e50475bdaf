"""`python -m services.audit.monitor`: compares every service's log with the audit log without end, and tells what it finds."""

import signal
import sys
from collections.abc import Callable, Sequence
from threading import Event
from typing import Any

from pymongo import MongoClient

from infra.event_store import connect
from infra.event_store.errors import translated
from infra.kernel.act import Act
from infra.kernel.authority import Authority
from infra.kernel.clock import system_clock
from infra.kernel.ids import natural_id
from infra.kernel.offices import SYSTEM
from infra.kernel.verdicts import Accepted
from infra.logs import PROCESS_READY, configure, get_logger
from infra.metrics.serving import serve
from infra.settings import Settings, required
from services.audit.application import AuditApplication
from services.audit.bootstrap import Logs, Store, databases_of, log_name, logs_over
from services.audit.log.differences import Kind
from services.audit.log.verification import Outcome
from services.audit.watch.elsewhere import all_of
from services.audit.watch.memory import Finding, Memory
from services.audit.watch.pace import Pace
from services.audit.watch.watching import Tell, Watch, Watched

AUDIT = "audit"
_PACE = Pace()

log = get_logger("monitor")


def watch_over(logs: Logs, log: Store, store: Store, stop: Event, pace: Pace = _PACE) -> Watch:
    """Build the monitor over logs to read, the audit service's own log, and its store."""
    memory = Memory(store, logs.seal)
    said = memory.said()
    known = {} if said is None else {each.place: each.size for each in said.witnesses}
    elsewhere = all_of(logs.witnesses.journal, logs.witnesses.far, known)
    for each in elsewhere:
        each.follow(stop, pace.beat)
    watched = Watched(logs.entries, logs.services, logs.verifier, logs.witnesses, epoch_of(store.client))
    return Watch(watched, elsewhere, memory, telling(AuditApplication(log, Authority)), system_clock, pace)


def epoch_of(client: MongoClient[dict[str, Any]]) -> Callable[[], object]:
    """Return how to ask which primary answers, elected when; raises `StoreUnavailable`."""

    def epoch() -> object:
        with translated():
            said = client.admin.command("hello")
        return said.get("electionId")

    return epoch


def telling(application: AuditApplication) -> Tell:
    """Return how findings become an event."""

    def tell(findings: Sequence[Finding], outcome: Outcome) -> bool:
        if any(each.log == AUDIT and each.kind is Kind.TRUNCATED for each in outcome.differences):
            # A new event would take the place of one that is cut off, and cover the traces.
            return False
        names = [each.name for each in findings]
        finding_id = natural_id("audit.tampering", *names)
        act = Act(natural_id("audit.monitor"), SYSTEM, system_clock(), finding_id)
        try:
            verdict = application.record_tampering(finding_id, outcome.size, outcome.root, names, act=act)
        except Exception:  # whatever has been done to audit's own log must not keep the monitor from watching
            log.exception("finding_not_recorded")
            return False
        return isinstance(verdict, Accepted)

    return tell


def main() -> int:
    """Watch until told to stop."""
    configure("monitor")
    settings, stop = Settings(), Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: stop.set())
    client = connect(required("MONITOR_MONGO_URL"))
    serve(settings)
    logs = logs_over(databases_of(client, settings), log_name(settings), settings.var_dir, settings.witness_dirs)
    store = client[f"{settings.database_prefix}_{AUDIT}"]
    watch = watch_over(logs, client[f"{settings.database_prefix}_{AUDIT}_log"], store, stop)
    log.info(PROCESS_READY)
    watch.run(stop)
    return 0


if __name__ == "__main__":
    sys.exit(main())
