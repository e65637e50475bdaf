"""What a process cannot do its work without, and since when which of it is missing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from prometheus_client import Gauge

from infra.kernel.clock import Clock, system_clock
from infra.logs import get_logger

MONGODB, RABBITMQ = "mongodb", "rabbitmq"

Check = Callable[[], bool]
"""Tells whether something is there. May raise: that counts as no."""

log = get_logger("dependencies")

_UP = Gauge("portal_dependency_up", "Whether the process can use what it needs: 1 or 0.", ["dependency"])


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether something is there, and since when it is or is not."""

    there: bool
    since: datetime


class Dependencies:
    """Told by whoever uses something whether that worked; a change is logged once and shows in the metrics."""

    def __init__(self, clock: Clock = system_clock) -> None:
        self._clock = clock
        self._standings: dict[str, Standing] = {}
        self._lock = Lock()

    def there(self, name: str) -> None:
        """Note that something answers."""
        self.note(name, there=True)

    def missing(self, name: str) -> None:
        """Note that something does not answer."""
        self.note(name, there=False)

    def note(self, name: str, *, there: bool) -> Standing:
        """Note whether something answers; return since when that is so."""
        known = self._standings.get(name)
        if known is not None and known.there == there:
            return known
        with self._lock:
            standing = self._standings[name] = Standing(there, self._clock())
        _UP.labels(name).set(there)
        _tell(name, standing, known)
        return standing

    def standings(self) -> Mapping[str, Standing]:
        """Return what is known now, by name."""
        with self._lock:
            return dict(self._standings)


def _tell(name: str, now: Standing, before: Standing | None) -> None:
    if not now.there:
        log.warning("dependency_missing", dependency=name)
    elif before is not None:
        missing_s = round((now.since - before.since).total_seconds(), 1)
        log.info("dependency_back", dependency=name, missing_s=missing_s)


DEPENDENCIES = Dependencies()
"""Those of this process; like its log, there once."""


def report(standings: Mapping[str, Standing]) -> Mapping[str, object]:
    """Return what programs are told: which of all is there, what is missing, and since when."""
    missing = {name: standing for name, standing in standings.items() if not standing.there}
    return {
        "ready": not missing,
        "missing": sorted(missing),
        "since": {name: standing.since.isoformat() for name, standing in sorted(missing.items())},
        "checks": {name: standing.there for name, standing in sorted(standings.items())},
    }
