"""What was observed, as Prometheus reads it: names, labels and what each means."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from infra.operations.around import Surroundings
from infra.operations.facts import VERDICTS, Facts

NEVER = 0.0
"""The instant of what has never happened, in seconds since 1970."""

Sample = tuple[list[str], float]


class FactsCollector(Collector):
    """Answers each scrape with the facts that were seen last; none before the first look."""

    def __init__(self, latest: Callable[[], Facts | None]) -> None:
        self._latest = latest

    def collect(self) -> Iterator[Metric]:
        """Return the families of metrics."""
        facts = self._latest()
        if facts is not None:
            for families in (_whole, _logs, _readers, _parked, _queues, _verification, _processes):
                yield from families(facts)


class SurroundingsCollector(Collector):
    """Answers each scrape with what was last seen around the processes."""

    def __init__(self, latest: Callable[[], Surroundings]) -> None:
        self._latest = latest

    def collect(self) -> Iterator[Metric]:
        """Return the families of metrics."""
        seen = self._latest()
        known = [([members.server], float(members.known)) for members in seen.members]
        up = [([members.server], float(members.up)) for members in seen.members]
        yield _gauge("portal_server_members", "Members that belong to a server.", known, "server")
        yield _gauge("portal_server_members_up", "Members of it that can be used now.", up, "server")
        yield _gauge("portal_front_up", "Whether readers get the public pages: 1 or 0.", _alone(seen.front.up))
        yield _gauge("portal_front_seconds", "How long their first byte took.", _alone(seen.front.seconds))


def _whole(facts: Facts) -> Iterator[Metric]:
    servers = [([name], float(up)) for name, up in sorted(facts.up.items())]
    began = facts.backup.began if facts.backup else None
    yield _gauge("portal_observed_timestamp_seconds", "When all this was seen.", _alone(_instant(facts.at)))
    yield _gauge("portal_server_up", "Whether the server answers: 1 or 0.", servers, "server")
    yield _gauge("portal_disk_free_bytes", "Room left on the disk with the data.", _alone(facts.disk.free_bytes))
    yield _gauge("portal_disk_size_bytes", "Size of the disk with the data.", _alone(facts.disk.size_bytes))
    yield _gauge(
        "portal_backup_timestamp_seconds", "When the last finished backup began; 0: never.", _alone(_instant(began))
    )


def _logs(facts: Facts) -> Iterator[Metric]:
    heads = [([log.service], float(log.head)) for log in facts.logs]
    yield _counter(
        "portal_log_events", "Events in a service's log, which is the position of its head.", heads, "service"
    )


def _readers(facts: Facts) -> Iterator[Metric]:
    names = ("reader", "kind", "service", "log")
    labels = {lag.reader: [lag.reader, lag.kind, lag.service, lag.log] for lag in facts.lags}
    positions = [(labels[lag.reader], float(lag.position)) for lag in facts.lags]
    events = [(labels[lag.reader], float(lag.events)) for lag in facts.lags]
    seconds = [(labels[lag.reader], lag.seconds) for lag in facts.lags]
    yield _gauge("portal_reader_position", "Up to where a reader has taken in a log.", positions, *names)
    yield _gauge("portal_reader_lag_events", "Events that a reader has not taken in yet.", events, *names)
    yield _gauge("portal_reader_lag_seconds", "Age of the oldest event not taken in; 0: none.", seconds, *names)


def _parked(facts: Facts) -> Iterator[Metric]:
    counts = [([parked.service, parked.log], float(parked.count)) for parked in facts.parked]
    since = [([parked.service, parked.log], _instant(parked.since)) for parked in facts.parked]
    yield _gauge("portal_parked_messages", "Messages that could not be taken in and wait.", counts, "service", "log")
    yield _gauge(
        "portal_parked_oldest_timestamp_seconds", "When the oldest of them was parked.", since, "service", "log"
    )


def _queues(facts: Facts) -> Iterator[Metric]:
    messages = [
        ([queue.name, queue.kind, state], float(count))
        for queue in facts.queues
        for state, count in (("ready", queue.ready), ("unacked", queue.unacked))
    ]
    consumers = [([queue.name, queue.kind], float(queue.consumers)) for queue in facts.queues]
    yield _gauge("portal_queue_messages", "Messages in a queue of the broker.", messages, "queue", "kind", "state")
    yield _gauge("portal_queue_consumers", "Who reads a queue.", consumers, "queue", "kind")


def _verification(facts: Facts) -> Iterator[Metric]:
    found = facts.verification
    states = [([verdict], float(found.verdict == verdict)) for verdict in VERDICTS] if found else []
    at = _instant(found.checked_at if found else None)
    alive, findings = (found.alive, found.findings) if found else (False, 0)
    yield _gauge("portal_verification_state", "What the monitor has found: one of three is 1.", states, "state")
    yield _gauge("portal_verification_findings", "Differences that the monitor has found.", _alone(findings))
    yield _gauge("portal_verification_timestamp_seconds", "When everything was last read; 0: never.", _alone(at))
    yield _gauge("portal_monitor_up", "Whether the monitor of the logs lives: 1 or 0.", _alone(alive))


def _processes(facts: Facts) -> Iterator[Metric]:
    up = [([process.name], float(process.state == "ready")) for process in facts.processes]
    restarts = [([process.name], float(process.restarts)) for process in facts.processes]
    yield _gauge("portal_process_up", "Whether the supervisor sees a process ready: 1 or 0.", up, "process")
    failing = [([process.name], float(process.failing)) for process in facts.processes]
    yield _gauge("portal_process_failing", "Whether it ends again and again soon after its start.", failing, "process")
    yield _counter("portal_process_restarts", "How often the supervisor started it again.", restarts, "process")


def _alone(value: float) -> list[Sample]:
    return [([], float(value))]


def _instant(at: datetime | None) -> float:
    return NEVER if at is None else at.timestamp()


def _gauge(name: str, says: str, samples: Iterable[Sample], *labels: str) -> Metric:
    family = GaugeMetricFamily(name, says, labels=labels)
    for values, number in samples:
        family.add_metric(values, number)
    return family


def _counter(name: str, says: str, samples: Iterable[Sample], *labels: str) -> Metric:
    family = CounterMetricFamily(name, says, labels=labels)
    for values, number in samples:
        family.add_metric(values, number)
    return family
