"""Ending a process that was asked to end, even when what it waits for does not come."""

import os
from threading import Timer

from infra.logs import get_logger

log = get_logger("ending")


def end_at_last(after_s: float) -> None:
    """End this process after so many seconds, if it still lives: what it has in hand is told, or heard, again."""
    timer = Timer(after_s, _end)
    timer.daemon = True
    timer.start()


def _end() -> None:
    log.warning("process_ended_in_hand")
    os._exit(0)
