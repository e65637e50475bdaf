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

from bson import ObjectId
from pymongo.errors import OperationFailure

from infra.logs import configure, get_logger
from infra.messaging.envelope import Envelope
from infra.read_store.beside import RowsBeside
from infra.read_store.durability import lasting
from infra.read_store.progress import Progress
from infra.read_store.projector import Projector, made_by, through_outages
from infra.read_store.rebuild_notes import Noted, OvertakenError

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
        here. Waits out outages of the store.

        Raises:
            OvertakenError: another rebuild of the same rows has begun meanwhile.

        """
        through_outages(self.live.rebuilds.call, stop)
        heard_by = monotonic() + _TAKEN_WITHIN_S
        through_outages(partial(self._handed_over, heard_by, stop), stop)
        begun = through_outages(self._begin, stop)
        if begun is None or not self._offered_whole(begun, stop):
            return False
        return bool(through_outages(partial(self._handed_over, heard_by, stop), stop))

    def _begin(self) -> Noted:
        """Go on from what a rebuild by the same code has noted; begin with nothing where there is no such thing.

        Each run has a name of its own, which its collections have, too: an earlier run that still works cannot write
        into them, and learns at its next note that it is not the last any more. What is to be deleted is looked for before
        the run is noted: a later run may have begun by the time of the deletion.
        """
        run = str(ObjectId())
        earlier = self.live.rebuilds.take_up(run, self.code)
        if earlier and all(rows.take_up(earlier.run, run) for rows in self._rows_beside()):
            log.info("rebuild_goes_on", what=self.live.service, position=earlier.position)
            return Noted(run, earlier.position)
        left = [(rows, rows.left()) for rows in self._rows_beside()]
        self.live.rebuilds.begin(run, self.code)
        for rows, names in left:
            rows.begin(run, names)
        return Noted(run, 0)

    def _rows_beside(self) -> Iterator[RowsBeside]:
        return (rows for rows in self.beside.rows if isinstance(rows, RowsBeside))

    def _offered_whole(self, begun: Noted, stop: Event) -> bool:
        """Write all rows and offer them; False when told to stop before that."""
        try:
            return self._written_with_indexes(begun, stop) and bool(
                through_outages(partial(self._offer, begun.run), stop)
            )
        except (OvertakenError, OperationFailure) as failure:  # whoever overtakes us takes our collections away
            if self.live.rebuilds.is_of(begun.run):
                raise
            for rows in self._rows_beside():
                rows.drop()
            raise OvertakenError(self.live.name) from failure

    def _written_with_indexes(self, begun: Noted, stop: Event) -> bool:
        progress = Progress(self.live.service, "events", begun.position)
        reached = self._written(begun, progress, stop)
        if reached is None:
            return False
        progress.phase("rebuild_indexes")
        through_outages(self._finish, stop)
        whole = self._written(begun._replace(position=reached), progress, stop) is not None
        progress.end()
        return whole

    def _written(self, begun: Noted, progress: Progress, stop: Event) -> int | None:
        """Write rows up to the log's head, and return its position; None when told to stop.

        The next events are read while rows are written.
        """
        with ThreadPoolExecutor(1) as reading:

            def ahead(after: int) -> Future[_Batch | None]:
                return reading.submit(through_outages, lambda: self._read(after), stop)

            reads = ahead(begun.position)
            while (batch := reads.result()) is not None:
                if not batch.events:
                    return batch.reached
                reads = ahead(batch.reached)
                through_outages(partial(self._write, begun.run, batch), stop)
                progress.reached(batch.reached, through_outages(self.beside.reader.head, stop) or batch.reached)
        return None

    def _read(self, after: int) -> _Batch:
        entries = self.beside.reader.page(after, BATCH)
        events = [self.beside.wrap(self.beside.service, entry) for entry in entries]
        return _Batch(events, entries[-1].position if entries else after)

    def _write(self, run: str, batch: _Batch) -> None:
        with lasting(self.beside.positions.store):
            self.beside.project(batch.events)
        self.live.rebuilds.advance(run, batch.reached)

    def _finish(self) -> None:
        with lasting(self.beside.positions.store):
            for rows in self._rows_beside():
                rows.finish()

    def _offer(self, run: str) -> bool:
        self.live.rebuilds.offer(run)
        return True

    def _handed_over(self, heard_by: float, stop: Event) -> bool:
        """Let the projector that runs put offered rows in place; do it here, if none has answered a call by this time.

        False when told to stop before that.
        """
        deadline = heard_by if self.live.rebuilds.is_called() else monotonic() + _TAKEN_WITHIN_S
        while self.live.rebuilds.offered() and monotonic() < deadline:
            if stop.wait(_LOOK_EVERY_S):
                return False
        self.live.take_over()
        return True


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
    try:
        if Rebuild(made_by(factory, RowsBeside), made_by(factory), code_of(factory)).run(stop):
            log.info("rebuild_finished", service=service)
            return 0
    except OvertakenError:
        log.error("rebuild_overtaken", service=service, hint="another rebuild has begun, and goes on")  # noqa: TRY400
        return 1
    log.warning("rebuild_stopped", service=service, hint="readers see what they saw before; the same command goes on")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
