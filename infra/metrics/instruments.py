"""What a process counts about itself while it works; like its log, each of these is there once for a process.

Labels have few values, all from our own code: names of services and kinds of failure, never of people or things.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from time import perf_counter

from eventsourcing.persistence import IntegrityError
from prometheus_client import Counter, Histogram

_COMMIT_BOUNDS_S = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 15)

_COMMITS = Histogram(
    "portal_commit_seconds",
    "How long a save took until it was durable, by the service whose log it went into.",
    ["service"],
    buckets=_COMMIT_BOUNDS_S,
)
_COMMIT_FAILURES = Counter(
    "portal_commit_failures", "Saves that did not become durable, or of which that is not known.", ["service"]
)
_CALL_FAILURES = Counter(
    "portal_call_failures", "Calls of a service that were not answered, by what went wrong.", ["service", "failure"]
)
_LOCKOUTS = Counter("portal_sign_in_lockouts", "Accounts that were locked after wrong passwords.")

UNANSWERED = ("RpcUnavailable", "RpcTimeout", "UnknownService", "RemoteFault")
"""How a call can go wrong; a test compares with `infra.messaging.errors`."""


def count_from_zero(services: Iterable[str]) -> None:
    """Tell of each service at once that nothing has failed yet: a rise from what was never told is none to Prometheus."""
    for service in services:
        _COMMIT_FAILURES.labels(service)
        for failure in UNANSWERED:
            _CALL_FAILURES.labels(service, failure)


@contextmanager
def commit_timed(service: str) -> Iterator[None]:
    """Time a save, and count it where it fails; losing a race for a version is no failure."""
    began = perf_counter()
    try:
        yield
    except IntegrityError:
        raise
    except Exception:
        _COMMIT_FAILURES.labels(service).inc()
        raise
    _COMMITS.labels(service).observe(perf_counter() - began)


@contextmanager
def call_counted(service: str) -> Iterator[None]:
    """Count a call of a service where it ends with an error."""
    try:
        yield
    except Exception as failure:
        _CALL_FAILURES.labels(service, type(failure).__name__).inc()
        raise


def count_lockout() -> None:
    """Count an account that was just locked."""
    _LOCKOUTS.inc()
