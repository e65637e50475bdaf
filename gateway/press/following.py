"""Work that follows the baking of items in a thread of its own: soon after each change, and once for many."""

from collections.abc import Callable
from threading import Event, Thread
from typing import Self

from infra.logs import get_logger
from infra.messaging.backoff import Backoff
from infra.messaging.outages import is_passing

LOOK_EVERY_S = 0.5
"""So often a step is made though nothing was told: somebody may have asked for something."""

log = get_logger("following")


class Following:
    """Makes steps while it is entered; each does all there is to do, and is made again after an outage.

    `pause_s` lies between two steps, so that many changes share one; leaving makes a last one. What fails for another
    reason ends the thread and is told to `failed`, so that the process ends and is started anew.
    """

    def __init__(self, name: str, step: Callable[[], None], failed: Callable[[], None], pause_s: float) -> None:
        self._step = step
        self._failed = failed
        self._pause_s = pause_s
        self._news = Event()
        self._stop = Event()
        self._thread = Thread(target=self._run, name=name)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._news.set()
        self._thread.join()

    def wake(self) -> None:
        """Say that something has changed."""
        self._news.set()

    def _run(self) -> None:
        backoff = Backoff()
        try:
            while not self._stop.is_set():
                self._news.clear()
                self._stop.wait(self._made(backoff))
                self._news.wait(LOOK_EVERY_S)
            self._made(backoff)
        except Exception:
            log.exception("following_failed", thread=self._thread.name)
            self._failed()

    def _made(self, backoff: Backoff) -> float:
        """Make a step, and return how long to pause."""
        try:
            self._step()
        except Exception as outage:  # what is no outage is raised again
            if not is_passing(outage):
                raise
            if backoff.is_news(repr(outage)):
                log.warning("following_waits", thread=self._thread.name, reason=repr(outage))
            return backoff.pause_s()
        backoff.reset()
        return self._pause_s
