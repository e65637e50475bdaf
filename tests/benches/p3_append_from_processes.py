"""P3: durable appends from four processes to one log, beside the library's PostgreSQL recorder in four processes.

A service is written to by its bus door, its staff pages and whatever else runs: none may starve the others, so that
besides the rate of all together it counts how long the slowest save of a hundred takes, and what the slowest process
gets. These are told of the same rounds as the rate.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from math import inf
from statistics import quantiles

from infra.event_store import connect
from tests.benches.frame import ROUNDS, Bar, Case, Round
from tests.benches.mongodb import fresh_log, mongodb_server
from tests.benches.postgresql import library_recorders, postgresql

TITLE = "append from processes"
PROCESSES = 4
SECONDS = 3.0
BARS = {1: 1.0, 8: 3.0}
"""By writers in each process."""
P99_BAR = 2.0
SHARE_BAR = 0.7


@dataclass(frozen=True, slots=True)
class Load:
    """What one round told: events a second of all, the slowest save of a hundred, the slowest process's even share."""

    rate: float
    p99_ms: float
    share: float

    @classmethod
    def of(cls, took_ms: Sequence[Sequence[float]]) -> "Load":
        """Sum up what the saves of each process took."""
        counts = [len(of_one) for of_one in took_ms]
        p99_ms = quantiles([ms for of_one in took_ms for ms in of_one], n=100)[-1]
        return cls(sum(counts) / SECONDS, p99_ms, min(counts) * len(counts) / sum(counts))


class Team:
    """Processes that append to one log, in rounds; remembers each round."""

    def __init__(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "tests.benches.appending_process", *arguments]
        self._processes = [
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            for _ in range(PROCESSES)
        ]
        self._loads: list[Load] = []
        self._hear()

    def rate(self) -> float:
        """Append for a round, and return events a second of all processes together."""
        for process in self._processes:
            print(SECONDS, file=process.stdin, flush=True)
        self._loads.append(Load.of(self._hear()))
        return self._loads[-1].rate

    def again(self, figure: Callable[[Load], float]) -> Round:
        """Tell another figure of the rounds measured last, one after the other."""
        told = self._told(figure)
        return lambda: next(told)

    def close(self) -> None:
        for process in self._processes:
            process.communicate()

    def _told(self, figure: Callable[[Load], float]) -> Iterator[float]:
        yield from map(figure, self._loads[-ROUNDS - 1 :])

    def _hear(self) -> list[list[float]]:
        return [json.loads(process.stdout.readline()) for process in self._processes if process.stdout]


@contextmanager
def cases() -> Iterator[list[Case]]:
    """One writer and eight in each process: rate, slowest saves and slowest process."""
    with mongodb_server() as server, postgresql() as port, ExitStack() as stack:
        client = stack.enter_context(connect(server.url))
        library = stack.enter_context(library_recorders(port))

        def teams(writers: int) -> tuple[Team, Team]:
            log, table = fresh_log(client).events.database.name, library.fresh().events_table_name
            ours = Team("mongodb", server.url, log, str(writers))
            control = Team("postgresql", str(port), table, str(writers))
            for team in (ours, control):
                stack.callback(team.close)
            return ours, control

        yield [case for writers, ratio in BARS.items() for case in _cases(writers, ratio, *teams(writers))]


def _cases(writers: int, ratio: float, ours: Team, control: Team) -> list[Case]:
    def p99_ms(load: Load) -> float:
        return load.p99_ms

    def share(load: Load) -> float:
        return load.share

    name = f"{PROCESSES} processes of {writers}"
    slowest = f"{name}, p99 of a save"
    fair = f"{name}, slowest process's share"
    return [
        Case(name, "events/s", ours.rate, control.rate, Bar(">=", ratio)),
        Case(slowest, "ms", ours.again(p99_ms), control.again(p99_ms), Bar("<=", P99_BAR), drift_allowed=inf),
        Case(fair, "of even", ours.again(share), control.again(share), Bar(">=", SHARE_BAR), drift_allowed=inf),
    ]
