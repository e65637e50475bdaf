"""`make verify`: checks every service's log against the audit log; 0 intact, 1 not intact, 2 unproven or not possible."""

import argparse
import json
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

from infra.event_store import StoreUnavailable
from infra.settings import MissingSettingError, Settings
from services.audit.bootstrap import logs
from services.audit.log.checkpoint import Unproven
from services.audit.log.differences import AUDIT_LOG, WITNESS, Difference, Kind
from services.audit.log.pledges import Pledge
from services.audit.log.verification import NO_WITNESS, NOTHING_SIGNED, Answer, Outcome
from services.audit.log.witnesses import WITNESS_UNREADABLE

EXIT_CODES = {Answer.INTACT: 0, Answer.TAMPERED: 1, Answer.UNPROVEN: 2}
IMPOSSIBLE = 2
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
    Kind.UNSEALED: "has lost its checkpoint",
    Kind.FORGED: "is no checkpoint of this log",
    Kind.LOST: "is no longer kept",
}
_REASONS = {
    NOTHING_SIGNED: "nothing was ever signed",
    NO_WITNESS: "no checkpoint is kept outside the database, so an end that was cut off could not be seen",
    WITNESS_UNREADABLE: "the checkpoint kept outside the database cannot be read by this user",
}
_PLACES = {AUDIT_LOG: "entry ", WITNESS: "size "}


def told(difference: Difference) -> str:
    """Return a difference as one line: log and position first, then what was done."""
    deed = _DEEDS[difference.kind].format(until=difference.until)
    first = _PLACES.get(difference.log.partition(":")[0], "")
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
    for reason in outcome.unproven:
        write(f"UNPROVEN   {_REASONS.get(reason, reason)}")
    write({Answer.INTACT: "intact", Answer.TAMPERED: "NOT INTACT", Answer.UNPROVEN: "UNPROVEN"}[outcome.answer])
    return EXIT_CODES[outcome.answer]


def brought(file: Path) -> Pledge:
    """Return the checkpoint that a file holds: a signed note, or a receipt in JSON with one as `note` or `checkpoint`.

    Raises:
        OSError, Unproven: there is none.
    """
    text = file.read_text(encoding="utf-8", errors="replace")
    if text.lstrip().startswith("{"):
        text = _in_receipt(text)
    return Pledge.of(str(file), text)


def main(arguments: Sequence[str] | None = None) -> int:
    """Check everything with the verifier's rights; the bus and the services need not run."""
    files = _arguments(arguments)
    try:
        given = [brought(file) for file in files]
    except (OSError, Unproven) as nothing:
        sys.stderr.write(f"Verification is not possible: a file holds no checkpoint ({nothing})\n")
        return IMPOSSIBLE
    try:
        outcome = logs(Settings()).check(_progress, given)
    except (MissingSettingError, StoreUnavailable, OSError, Unproven) as missing:
        sys.stderr.write(f"Verification is not possible: {missing}\n")
        return IMPOSSIBLE
    except Exception:  # noqa: BLE001 - whatever it is, it must not look like a log that is not intact
        sys.stderr.write(f"Verification is not possible:\n{traceback.format_exc()}")
        return IMPOSSIBLE
    code = report(outcome, print)
    for pledge in given if outcome.answer is not Answer.TAMPERED else ():
        sys.stdout.write(f"today's log begins with the {pledge.size} entries of {pledge.place}\n")
    return code


def _arguments(arguments: Sequence[str] | None) -> list[Path]:
    parser = argparse.ArgumentParser(prog="make verify", description=__doc__)
    parser.add_argument(
        "--checkpoint",
        metavar="FILE",
        type=Path,
        action="append",
        default=[],
        help="a checkpoint or receipt that somebody has kept: prove that today's log extends it",
    )
    files: list[Path] = parser.parse_args(arguments).checkpoint
    return files


def _in_receipt(text: str) -> str:
    try:
        receipt = json.loads(text)
    except json.JSONDecodeError as error:
        raise Unproven("neither a signed note nor JSON") from error
    notes = [receipt[field] for field in ("checkpoint", "note") if isinstance(receipt.get(field), str)]
    if not notes:
        raise Unproven("no field `checkpoint` or `note`")
    return str(notes[0])


def _progress(done: int, of: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done} of {of} entries" + ("\n" if done == of else ""))


if __name__ == "__main__":
    sys.exit(main())
