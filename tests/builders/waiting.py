"""Waiting for a condition with a deadline."""

from collections.abc import Callable
from threading import Event
from time import monotonic

_LOOK_EVERY_S = 0.02


def until(condition: Callable[[], object], timeout_s: float = 15.0) -> None:
    """Return as soon as the condition holds; fail when it does not hold in time."""
    deadline, clock = monotonic() + timeout_s, Event()
    while not condition():
        assert monotonic() < deadline, f"not within {timeout_s} s"
        clock.wait(_LOOK_EVERY_S)
