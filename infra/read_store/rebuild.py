"""Writes a service's rows anew from its log, beside those that are read: `python -m infra.read_store.rebuild board`.

Readers see the old rows, kept up as ever, until the new ones are whole; then these take their place at once. Stopped in
the middle, the same command goes on where it was, unless the code has changed since.
"""

import gc
import hashlib
import signal
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from threading import Event
from time import monotonic
from typing import NamedTuple

from infra.logs import configure, get_logger
from infra.messaging.envelope import Envelope
from infra.read_store.beside import RowsBeside
from infra.read_store.positions import Positions
from infra.read_store.progress import Progress
from infra.read_store.projector import Projector, made_by, through_outages

BATCH = 10_000
"""So many events are folded into rows at once."""
_TAKEN_WITHIN_S = 2.0
"""A projector that runs looks once a second."""
_LOOK_EVERY_S = 0.1

log = get_logger("rebuild")


class _Batch(NamedTuple):
    """Some events, and the position of the last of them in the log that is followed."""

    events: Sequence[Envelope]
    reached: int


@dataclass(frozen=True, slots=True)
class Rebuild:
    """Projects a log from its beginning: `beside` writes `RowsBeside`, `live` the rows that are read.

    `code` names the version of the code that projects: rows of two versions are never mixed.
    """

    beside: Projector
    live: Projector
    code: str

    def run(self, stop: Event) -> bool:
        """Write all rows anew and put them in place; False when told to stop before that.

        A running projector puts them in place itself, at a moment when it writes nothing; where none runs, it is done
        here.
        """
        self.live.positions.call(self.live.name)
        heard_by = monotonic() + _TAKEN_WITHIN_S
        if self.live.positions.offered(self.live.name) is not None:
            self._hand_over(heard_by, stop)
        self._begin()
        progress = Progress(self.live.service, "events", self._position())
        if not self._written(progress, stop):
            return False
        progress.phase("rebuild_indexes")
        for rows in self._rows_beside():
            rows.finish()
        if not self._written(progress, stop):
            return False
        progress.end()
        self.live.positions.offer(self.live.name, self._position())
        self._hand_over(heard_by, stop)
        self._noted.forget(self._family)
        return True

    @property
    def _noted(self) -> Positions:
        return self.live.positions.of_rebuilds

    @property
    def _family(self) -> str:
        return f"{self.live.name} by "

    @property
    def _name(self) -> str:
        return f"{self._family}{self.code}"

    def _position(self) -> int:
        return self._noted.get(self._name)

    def _rows_beside(self) -> Iterator[RowsBeside]:
        return (rows for rows in self.beside.rows if isinstance(rows, RowsBeside))

    def _begin(self) -> None:
        """Go on after the position reached by the same code; begin with nothing where there is none."""
        if self._position() > 0:
            log.info("rebuild_goes_on", what=self.live.service, position=self._position())
            return
        self._noted.forget(self._family)
        for rows in self._rows_beside():
            rows.begin()

    def _written(self, progress: Progress, stop: Event) -> bool:
        """Write rows up to the log's head; False when told to stop. The next events are read while rows are written."""
        with ThreadPoolExecutor(1) as reading:

            def ahead(after: int) -> Future[_Batch | None]:
                return reading.submit(through_outages, lambda: self._read(after), stop)

            reads = ahead(self._position())
            while (batch := reads.result()) is not None:
                if not batch.events:
                    return True
                reads = ahead(batch.reached)
                through_outages(partial(self._write, batch), stop)
                progress.reached(batch.reached, self.beside.reader.head())
        return False

    def _read(self, after: int) -> _Batch:
        entries = self.beside.reader.page(after, BATCH)
        events = [self.beside.wrap(self.beside.service, entry) for entry in entries]
        return _Batch(events, entries[-1].position if entries else after)

    def _write(self, batch: _Batch) -> None:
        self.beside.project(batch.events)
        self._noted.advance(self._name, batch.reached)

    def _hand_over(self, heard_by: float, stop: Event) -> None:
        """Let the projector that runs put the rows in place; do it here, if none has answered a call by this time."""
        positions, name = self.live.positions, self.live.name
        deadline = heard_by if positions.is_called(name) else monotonic() + _TAKEN_WITHIN_S
        while positions.offered(name) is not None and monotonic() < deadline:
            stop.wait(_LOOK_EVERY_S)
        self.live.take_over()


def code_of(factory: str) -> str:
    """Name the code of a service: another name once any of its modules, or of the read store, has changed."""
    module = import_module(factory.partition(":")[0])
    folders = [Path(str(module.__file__)).parent, Path(__file__).parent]
    digest = hashlib.sha256()
    for path in sorted(path for folder in folders for path in folder.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def main(service: str) -> int:
    """Rebuild a service by its name, or a projector by `module:factory`; returns 1 when it was stopped before its end."""
    configure("rebuild")
    gc.disable()  # batches are freed by counting references; looking for cycles among them takes a third of the time
    stop = Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stop.set())
    factory = service if ":" in service else f"services.{service}.bootstrap:projector"
    if Rebuild(made_by(factory, RowsBeside), made_by(factory), code_of(factory)).run(stop):
        log.info("rebuild_finished", service=service)
        return 0
    log.warning("rebuild_stopped", service=service, hint="readers see what they saw before; the same command goes on")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
