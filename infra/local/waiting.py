"""Waiting, bounded, for something that another program does."""

import time
from collections.abc import Callable
from pathlib import Path

from infra.local.programs import CannotStartError

_PAUSE_S = 0.05


def comes_true(condition: Callable[[], bool], timeout_s: float) -> bool:
    """Wait until a condition holds; False when it does not in so many seconds."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(_PAUSE_S)
    return True


def await_server(name: str, log: Path, ready: Callable[[], bool], alive: Callable[[], bool], timeout_s: float) -> None:
    """Wait until a server answers; raises `CannotStartError` with its log when it has ended, or takes too long."""
    if not comes_true(lambda: not alive() or ready(), timeout_s):
        raise CannotStartError(f"{name} was not ready within {timeout_s:.0f} seconds: see {log}.")
    if not alive():
        raise CannotStartError(f"{name} stopped while it was starting: the reason stands at the end of {log}.")
