"""Tells how far long work has come, how fast it goes and how long it will take: on a terminal in place, elsewhere as log lines."""

import sys
from collections.abc import Callable
from time import monotonic
from typing import TextIO

from infra.logs import get_logger

_TELL_EVERY_S = 5.0
_WHOLE_LINE = "\r\x1b[K"

log = get_logger("progress")


class Progress:
    """Follows work whose end is known. `what` names it, `unit` what is counted, `begun_at` how much was done before."""

    def __init__(
        self,
        what: str,
        unit: str,
        begun_at: int = 0,
        *,
        terminal: TextIO = sys.stderr,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._what = what
        self._unit = unit
        self._begun_at = begun_at
        self._clock = clock
        self._begun = clock()
        self._told, self._last = self._begun, begun_at
        self._terminal = terminal if terminal.isatty() else None

    def reached(self, count: int, of: int) -> None:
        """Tell that so much is done of so much, if it was not told a moment ago; the end is always told."""
        now = self._clock()
        rate = (count - self._begun_at) / max(now - self._begun, 0.001)
        left_s = round(max(0, of - count) / rate) if rate > 0 else None
        if self._terminal is not None:
            left = "" if left_s is None else f", {left_s // 60}:{left_s % 60:02} left"
            self._terminal.write(f"{_WHOLE_LINE}{self._what}: {count:,} of {of:,} {self._unit}, {rate:,.0f}/s{left} ")
            self._terminal.flush()
        elif (count >= of and count != self._last) or now - self._told >= _TELL_EVERY_S:
            self._told, self._last = now, count
            log.info("rebuild_progress", what=self._what, done=count, of=of, rate=round(rate), left_s=left_s)

    def phase(self, event: str) -> None:
        """Tell that something begins of which nobody knows how long it will take."""
        self.end()
        log.info(event, what=self._what)

    def end(self) -> None:
        """Leave the line on the terminal as it is."""
        if self._terminal is not None:
            self._terminal.write("\n")
            self._terminal.flush()
