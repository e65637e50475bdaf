"""What a process cannot do its work without, and since when which of it is missing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock, Thread
from typing import Any

import pymongo
from prometheus_client import Gauge
from pymongo import MongoClient

from infra.kernel.clock import Clock, system_clock
from infra.logs import get_logger

MONGODB, RABBITMQ = "mongodb", "rabbitmq"

CHECK_S = 2.0
"""A store that does not answer a check within this time counts as missing."""

Check = Callable[[], bool]
"""Tells whether something is there. May raise: that counts as no."""

log = get_logger("dependencies")

_UP = Gauge("portal_dependency_up", "Whether the process can use what it needs: 1 or 0.", ["dependency"])


@dataclass(frozen=True, slots=True)
class Need:
    """Something that a process needs; without what is `vital` it cannot serve at all."""

    check: Check
    vital: bool = True


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether something is there, and since when it is or is not."""

    there: bool
    since: datetime


class Dependencies:
    """Told by whoever uses something whether that worked; a change is logged once and shows in the metrics.

    What is used too seldom to know is watched: asked whenever somebody wants to know.
    """

    def __init__(self, clock: Clock = system_clock) -> None:
        self._clock = clock
        self._standings: dict[str, Standing] = {}
        self._watched: dict[str, Need] = {}
        self._asking: Thread | None = None
        self._lock = Lock()

    def there(self, name: str) -> None:
        """Note that something answers."""
        self.note(name, there=True)

    def missing(self, name: str) -> None:
        """Note that something does not answer."""
        self.note(name, there=False)

    def note(self, name: str, *, there: bool) -> Standing:
        """Note whether something answers; return since when that is so."""
        with self._lock:
            known = self._standings.get(name)
            if known is not None and known.there == there:
                return known
            standing = self._standings[name] = Standing(there, self._clock())
            _UP.labels(name).set(there)
        _tell(name, standing, known)
        return standing

    def watch(self, needs: Mapping[str, Need]) -> None:
        """Ask these whenever somebody wants to know how all stand."""
        self._watched |= needs

    def ask(self, needs: Mapping[str, Need]) -> dict[str, Standing]:
        """Ask these now and note what they say."""
        return {name: self.note(name, there=_answers(need.check)) for name, need in needs.items()}

    def standings(self) -> dict[str, Standing]:
        """Return how all stand, by name."""
        self.ask(self._watched)
        with self._lock:
            return dict(self._standings)

    def refresh(self, patience_s: float) -> None:
        """Ask what is watched, and wait no longer than this: an answer that takes longer is noted when it comes."""
        with self._lock:
            asking = self._asking
            if asking is None or not asking.is_alive():
                asking = self._asking = Thread(target=self.ask, args=(self._watched,), name="asking", daemon=True)
                asking.start()
        asking.join(patience_s)


DEPENDENCIES = Dependencies()
"""Those of this process; like its log, there once."""


def watch_store(url: str) -> None:
    """Have MongoDB asked whenever somebody wants to know: work in hand may notice only after its own time-out."""
    client: MongoClient[dict[str, Any]] = MongoClient(url, connect=False, maxPoolSize=1)
    DEPENDENCIES.watch({MONGODB: Need(lambda: bool(client.admin.command("ping")))})


def report(standings: Mapping[str, Standing], vital: Mapping[str, bool] | None = None) -> dict[str, object]:
    """Return what programs are told: whether the process can serve, what is missing, and since when.

    `vital` tells without what it cannot serve: by default without anything.
    """
    missing = {name: standing for name, standing in standings.items() if not standing.there}
    return {
        "ready": not any(vital is None or vital[name] for name in missing),
        "missing": list(missing),
        "since": {name: standing.since.isoformat() for name, standing in missing.items()},
        "checks": {name: standing.there for name, standing in standings.items()},
    }


def _answers(check: Check) -> bool:
    try:
        with pymongo.timeout(CHECK_S):
            return check()
    except Exception:  # noqa: BLE001 - whatever went wrong, the answer is no
        return False


def _tell(name: str, now: Standing, before: Standing | None) -> None:
    if not now.there:
        log.warning("dependency_missing", dependency=name)
    elif before is not None:
        missing_s = round((now.since - before.since).total_seconds(), 1)
        log.info("dependency_back", dependency=name, missing_s=missing_s)
