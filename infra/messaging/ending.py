"""Ending a process that was asked to end, even when what it waits for does not come."""

import os
from threading import Event, Thread, Timer

from infra.logs import get_logger

log = get_logger("ending")


def end_at_last(after_s: float) -> None:
    """End this process after so many seconds, if it still lives: what it has in hand is told, or heard, again."""
    timer = Timer(after_s, _end)
    timer.daemon = True
    timer.start()


def end_after(stop: Event, seconds: float, code: int = 0) -> None:
    """Do the same so many seconds after it is told to stop; for a process whose signals come while threads are made."""

    def end() -> None:
        stop.wait()
        Event().wait(seconds)
        _end(code)

    Thread(target=end, name="ending", daemon=True).start()


def _end(code: int = 0) -> None:
    log.warning("process_ended_in_hand")
    os._exit(code)
