"""`make verify`: checks every service's log against the audit log on the command line; 0 intact, 1 not, 2 not possible."""

import sys
from collections.abc import Callable

from infra.event_store import StoreUnavailable
from infra.settings import MissingSettingError, Settings
from services.audit.bootstrap import logs
from services.audit.log.checkpoint import Unproven
from services.audit.log.differences import AUDIT_LOG, Difference, Kind
from services.audit.log.verification import Outcome

INTACT, TAMPERED, IMPOSSIBLE = 0, 1, 2
MOST_SHOWN = 50

Write = Callable[[str], object]

_DEEDS = {
    Kind.CHANGED: "was changed",
    Kind.MISSING: "is missing",
    Kind.SWAPPED: "was swapped with {until}",
    Kind.INSERTED: "was inserted",
    Kind.TRUNCATED: "is cut off",
    Kind.UNREADABLE: "cannot be read",
    Kind.UNCHAINED: "does not fit into the hash chain",
    Kind.UNSIGNED: "is not what was signed",
}


def told(difference: Difference) -> str:
    """Return a difference as one line: service and position first, then what was done."""
    deed = _DEEDS[difference.kind].format(until=difference.until)
    first = "entry " if difference.log == AUDIT_LOG else ""
    several = difference.until is not None and difference.kind is not Kind.SWAPPED
    reach = f"{difference.position} to {difference.until}" if several else f"{difference.position}"
    return f"{difference.log} {first}{reach} {deed}"


def report(outcome: Outcome, write: Write) -> int:
    """Write what was checked and found; return the exit code."""
    for log in outcome.services:
        late = f", {log.waiting} not yet arrived in the audit log" if log.waiting else ""
        write(f"{log.service:<10} {log.events:>8} events in {log.commits} commits, head {log.head}{late}")
    write(f"{AUDIT_LOG:<10} {outcome.size:>8} entries, root {outcome.root.hex()}")
    for difference in outcome.differences[:MOST_SHOWN]:
        write(f"TAMPERED   {told(difference)}")
    if outcome.total > MOST_SHOWN:
        write(f"TAMPERED   and {outcome.total - MOST_SHOWN} more differences")
    write("intact" if outcome.intact else "NOT INTACT")
    return INTACT if outcome.intact else TAMPERED


def main() -> int:
    """Check everything with the verifier's rights; the bus and the services need not run."""
    try:
        opened = logs(Settings())
        return report(opened.check(_progress), print)
    except Unproven as unproven:
        sys.stderr.write(f"NOT INTACT: the last checkpoint kept outside the database is not genuine: {unproven}\n")
        return TAMPERED
    except (MissingSettingError, StoreUnavailable, PermissionError) as missing:
        sys.stderr.write(f"Verification is not possible: {missing}\n")
        return IMPOSSIBLE


def _progress(done: int, of: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done} of {of} entries" + ("\n" if done == of else ""))


if __name__ == "__main__":
    sys.exit(main())
