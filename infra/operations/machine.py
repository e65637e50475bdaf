"""What the machine itself tells: its disk, the processes that its supervisor keeps, the last backup."""

import shutil
from datetime import datetime
from json import JSONDecodeError
from pathlib import Path

from infra.backup import record
from infra.local.places import Places
from infra.local.run_state import MemberState, RunState
from infra.logs import get_logger
from infra.operations.facts import Backup, Disk, Process

log = get_logger("observer")


def disk(folder: Path) -> Disk:
    """Return how full the disk is on which a folder lies."""
    usage = shutil.disk_usage(folder)
    return Disk(usage.free, usage.total)


def processes(folder: Path) -> list[Process]:
    """Return the processes that `make up` keeps; none where another supervisor does that, or where nothing runs."""
    state = RunState.load(Places(folder.resolve()).state)
    if state is None or not state.runs:
        return []
    return [_process(member) for member in state.members]


def _process(member: MemberState) -> Process:
    since = datetime.fromisoformat(member.since)
    return Process(member.name, member.state, member.restarts, member.failing, since)


def backup(folder: Path) -> Backup | None:
    """Return the last finished backup; None when there is none, or none that can be read."""
    try:
        last = record.last(folder)
    except (OSError, JSONDecodeError, TypeError) as unreadable:
        log.warning("backup_record_unreadable", reason=repr(unreadable))
        return None
    return None if last is None else Backup(last.began, last.bytes)
