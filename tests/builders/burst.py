"""Threads that save events to a log as fast as they are acknowledged, and what must hold of the log afterwards."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import cycle, islice
from threading import Event
from typing import Any
from uuid import UUID

from eventsourcing.persistence import IntegrityError, StoredEvent
from pymongo.collection import Collection

from infra.event_store import LogReader, StoreUnavailable, chain_breaks
from infra.event_store.recorder import LogRecorder
from infra.kernel.ids import new_id
from tests.builders.waiting import until

Insert = Callable[[Sequence[StoredEvent]], Sequence[int] | None]
Events = Collection[dict[str, Any]]


class Saver:
    """Saves versions of one aggregate after the other; begins another aggregate when it does not know what became of one."""

    def __init__(self, insert: Insert, state: bytes) -> None:
        self._insert = insert
        self._state = state
        self.acknowledged: dict[int, tuple[UUID, int]] = {}
        self.unavailable = 0
        self.refused: list[IntegrityError] = []

    def save_until(self, enough: Event) -> None:
        subject, version = new_id(), 1
        while not enough.is_set():
            try:
                positions = self._insert([StoredEvent(subject, version, "a.topic", self._state)])
            except StoreUnavailable:
                self.unavailable += 1
            except IntegrityError as error:
                self.refused.append(error)
            else:
                assert positions is not None
                self.acknowledged[positions[0]] = (subject, version)
                version += 1
                continue
            subject, version = new_id(), 1


class Burst:
    """Several savers at once."""

    def __init__(self, inserts: Sequence[Insert], writers: int, state: bytes) -> None:
        self.savers = [Saver(insert, state) for insert in islice(cycle(inserts), writers)]
        self.running: list[Future[None]] = []

    @property
    def acknowledged(self) -> int:
        """How many saves were acknowledged so far."""
        return sum(len(saver.acknowledged) for saver in self.savers)

    def await_saves(self, count: int, timeout_s: float = 60) -> None:
        """Wait until so many more saves are acknowledged; fail at once when a saver has failed."""
        target = self.acknowledged + count
        until(lambda: self._fails() or self.acknowledged >= target, timeout_s)

    def assert_kept_by(self, events: Events) -> None:
        """Every acknowledged event is in the log, once; positions have no gaps, the chain holds, nobody was refused."""
        entries = LogReader(events).page(0, limit=10_000_000)
        log = {entry.position: (entry.originator_id, entry.version) for entry in entries}
        assert list(log) == list(range(1, len(log) + 1))
        assert len(set(log.values())) == len(log)
        for saver in self.savers:
            assert saver.acknowledged.items() <= log.items()
            assert saver.refused == []
        assert list(chain_breaks(LogReader(events).commits(0, len(log)))) == []

    def _fails(self) -> bool:
        for saving in self.running:
            if saving.done():
                saving.result()
        return False


def among(events: Events) -> tuple[Insert, Insert]:
    """Return two ways to save to one log, as two processes of a service have them."""
    return LogRecorder(events).insert_events, LogRecorder(events).insert_events


@contextmanager
def burst_of(writers: int, *inserts: Insert, state: bytes = b"{}") -> Iterator[Burst]:
    """Let writers, each in one of several ways, save for the time of the block; afterwards all have ended, within a minute."""
    burst, enough = Burst(inserts, writers, state), Event()
    with ThreadPoolExecutor(writers) as threads:
        burst.running = [threads.submit(saver.save_until, enough) for saver in burst.savers]
        try:
            yield burst
        finally:
            enough.set()
        for saving in burst.running:
            saving.result(timeout=60)
