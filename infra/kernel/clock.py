"""The only place that reads the clock of the machine."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Gives the present instant, aware and in UTC. Tests pass their own."""


def system_clock() -> datetime:
    """Tell the present instant, aware and in UTC."""
    return datetime.now(UTC)
