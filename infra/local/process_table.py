"""Which processes of an operating system are ours: a process id alone may long belong to somebody else."""

import os
import signal
from pathlib import Path

from infra.local.waiting import comes_true

_STARTED = 21
"""Field 22 of `/proc/<pid>/stat` is when the process started; after the name, which may hold spaces, it is the 20th."""
_KILLED_WITHIN_S = 10.0


def started(pid: int) -> int | None:
    """Tell when a living process started, in ticks since the machine did; None when there is no such process."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    state, *fields = stat.rpartition(") ")[2].split()
    return None if state == "Z" else int(fields[_STARTED - 3])


def end(pid: int, began: int, timeout_s: float) -> None:
    """Stop a process that is no child of ours, if it is still the one that started then."""
    _signal(pid, signal.SIGTERM)
    if not comes_true(lambda: started(pid) != began, timeout_s):
        _signal(pid, signal.SIGKILL)
        comes_true(lambda: started(pid) != began, _KILLED_WITHIN_S)


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
