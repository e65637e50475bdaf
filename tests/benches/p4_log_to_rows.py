"""P4: from a service's log over RabbitMQ into another service's rows, beside appending to a log alone.

Ours is the whole way as it runs: the relay reads the log, tells the broker and waits for its word, a reader in a bus process takes the
events in, writes position-guarded rows of them, and acknowledges. Twice: what has piled up while the relay was stopped, and what eight
writers append at the same time, on the same processors. The control is those eight writers alone, ten events a save. Services are told first;
that systems outside are told each event by itself comes after it, and is waited for between rounds.
"""

import os
import signal
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

from eventsourcing.persistence import StoredEvent
from pymongo import MongoClient

from infra.event_store import EVENTS, connect
from infra.event_store.recorder import LogRecorder
from infra.kernel.ids import new_id
from infra.messaging.relay import EVENTS_TOLD, NOTED, Checkpoint
from infra.read_store.positions import Positions
from tests.benches.appending import STATE, TOPIC
from tests.benches.frame import Bar, Case
from tests.benches.mongodb import fresh_log, mongodb_server
from tests.benches.rabbitmq import rabbitmq
from tests.builders.processes import Running
from tests.builders.province import Province
from tests.builders.waiting import until

TITLE = "log to rows"
WRITERS, EVENTS_A_SAVE, SAVES = 8, 10, 125
COUNT = WRITERS * EVENTS_A_SAVE * SAVES
BAR = 0.4
BESIDE_BAR = 0.3
"""On the same processors, what takes 1 alone and 1 / 0.6 alone can together reach 1 / (1 + 1 / 0.6) = 0.375 at the most."""
_PATIENCE_S = 120


@contextmanager
def cases() -> Iterator[list[Case]]:
    """The relay, the reader and the service that is heard, each a process, on servers of their own."""
    with ExitStack() as started:
        folder = Path(started.enter_context(tempfile.TemporaryDirectory(prefix="bench-p4-")))
        server, broker = started.enter_context(mongodb_server()), started.enter_context(rabbitmq())
        client = started.enter_context(connect(server.url))
        way = started.enter_context(Way(Province(server, broker), folder).running())

        def alone() -> float:
            return append_all(fresh_log(client))

        yield [
            Case("what has piled up", "events/s", way.drained_rate, alone, Bar(">=", BAR)),
            Case("while 8 writers append", "events/s", way.followed_rate, alone, Bar(">=", BESIDE_BAR)),
        ]


def append_all(recorder: LogRecorder) -> float:
    """Append with eight writers, ten events a save, and return events a second."""

    def write(_: int) -> None:
        for _save in range(SAVES):
            subject = new_id()
            recorder.insert_events([StoredEvent(subject, n, TOPIC, STATE) for n in range(1, EVENTS_A_SAVE + 1)])

    begun = perf_counter()
    with ThreadPoolExecutor(WRITERS) as threads:
        list(threads.map(write, range(WRITERS)))
    return COUNT / (perf_counter() - begun)


class Way:
    """The service `demo` with its log and relay, and the service `ear` that hears it."""

    def __init__(self, province: Province, folder: Path) -> None:
        self._province, self._folder = province, folder
        self._demo, self._ear = province.service("demo"), province.service("ear")
        self._clients: list[MongoClient[dict[str, Any]]] = [connect(s.mongo_url) for s in (self._demo, self._ear)]
        log, store = self._clients
        self._recorder = LogRecorder(log[self._demo.log_database][EVENTS])
        self._positions = Positions(store[self._ear.store_database])
        self._told_singly = Checkpoint(log[self._demo.store_database][NOTED], EVENTS_TOLD)
        self._appended = 0
        self._both_ends: list[Running] = []

    @contextmanager
    def running(self) -> Iterator["Way"]:
        """Run every process of the way."""
        with ExitStack() as processes:
            for client in self._clients:
                processes.enter_context(client)
            relay = self._process(processes, "tests.builders.demo_relay")
            self._process(processes, "infra.messaging.bus", "tests.builders.demo_service:DemoService")
            ear = self._process(processes, "infra.messaging.bus", "tests.benches.row_service:EarService")
            ear.await_line("listening")
            self._both_ends = [relay, ear]
            yield self

    def drained_rate(self) -> float:
        """Append while relay and reader stand still, let them go on, and return events a second until all are rows."""
        self._tell_both(signal.SIGSTOP)
        append_all(self._recorder)
        begun = perf_counter()
        self._tell_both(signal.SIGCONT)
        return self._await_rows(begun)

    def followed_rate(self) -> float:
        """Append while everything runs, and return events a second until all are rows."""
        begun = perf_counter()
        append_all(self._recorder)
        return self._await_rows(begun)

    def _tell_both(self, what: signal.Signals) -> None:
        for process in self._both_ends:
            os.kill(process.process.pid, what)

    def _await_rows(self, begun: float) -> float:
        self._appended += COUNT
        until(lambda: self._positions.get("from.demo") == self._appended, _PATIENCE_S)
        rate = COUNT / (perf_counter() - begun)
        # What the relay tells to systems outside must not slow down the next round's control.
        until(lambda: self._told_singly.get() == self._appended, _PATIENCE_S)
        return rate

    def _process(self, processes: ExitStack, *arguments: str) -> Running:
        output = self._folder / f"{arguments[-1]}.log"
        running = Running(*arguments, environment=self._province.environment(), output=output)
        processes.enter_context(running).await_line("process_ready")
        return running
