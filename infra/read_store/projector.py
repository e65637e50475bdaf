"""The process that turns a service's log into its rows: `python -m infra.read_store.projector services.board.bootstrap:projector`."""

import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from threading import Event
from typing import Protocol, TypeVar

from infra.event_store.commit import LogEntry
from infra.logs import PROCESS_READY, configure, get_logger
from infra.messaging.envelope import Envelope
from infra.messaging.outages import is_of_store
from infra.metrics.dependencies import DEPENDENCIES, MONGODB, watch_store
from infra.metrics.serving import serve
from infra.read_store.durability import lasting
from infra.read_store.positions import Positions
from infra.read_store.rebuild_notes import RebuildNotes
from infra.read_store.rows import MakeRows, Rows
from infra.settings import ServiceSettings, Settings

BATCH = 500
"""At most so many events become rows at once."""
_LOOK_EVERY_S = 1.0
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.1, 5.0

Result = TypeVar("Result")

log = get_logger("projector")


def _nothing() -> None:
    """Wait for the next event and do nothing else."""


class FollowedLog(Protocol):
    """What a projector asks of a log; see `infra.event_store.LogReader`."""

    def page(self, after: int, limit: int) -> list[LogEntry]:
        """Return the entries that follow a position, oldest first."""

    def head(self) -> int:
        """Return the position of the last entry; 0 when there is none."""

    def wait(self, after: int, timeout_s: float) -> bool:
        """Wait until there is an entry after the position."""


@dataclass(frozen=True, slots=True)
class Projector:
    """Follows one log in batches: rows first, position after.

    `project` changes rows by events and may hear an event twice; `rows` is everything that it writes, so that rows
    written anew can take their place; `name` is the one under which pages wait for it; `wrap` makes events of entries.
    `idle` is called whenever there is nothing to project.
    """

    reader: FollowedLog
    service: str
    project: Callable[[Sequence[Envelope]], None]
    positions: Positions
    name: str
    rows: Sequence[Rows] = ()
    wrap: Callable[[str, LogEntry], Envelope] = Envelope.from_entry
    idle: Callable[[], object] = _nothing

    @property
    def rebuilds(self) -> RebuildNotes:
        """What rebuilds of these rows tell."""
        return RebuildNotes(self.positions.store, self.name)

    def step(self) -> bool:
        """Project the next batch; False when there is none."""
        self.take_over()
        reached = self._projected(self.positions.get(self.name))
        if reached is None:
            return False
        self.positions.advance(self.name, reached)
        return True

    def take_over(self) -> bool:
        """Put rows that a rebuild offers in the place of these, and bring them up to the log's head; tell whether there were any.

        Only for whoever writes the rows, at a moment when nothing is being written. Doing it twice, or again after it
        was cut short, does no harm: the offer stands until the rows are up to the head.
        """
        offered = self.rebuilds.heed()
        if offered is None:
            return False
        position = offered.position
        with lasting(self.positions.store):
            for rows in self.rows:
                rows.exchange(offered.run)
            log.info("rows_exchanged", projector=self.name, position=position)
            while (reached := self._projected(position)) is not None:
                position = reached
        self.positions.reset(self.name, position)
        self.rebuilds.answer(offered)
        return True

    def run(self, stop: Event) -> None:
        """Follow the log until told to stop, through outages of the store.

        Raises:
            Exception: whatever the projection raises; its rows stay as they are and its position does not move.

        """
        through_outages(self._first_step, stop)
        while not stop.is_set():
            through_outages(self._step_or_wait, stop)

    def _first_step(self) -> None:
        self.step()
        log.info(PROCESS_READY, projector=self.name, service=self.service)

    def _step_or_wait(self) -> None:
        if not self.step():
            self.idle()
            self.reader.wait(self.positions.get(self.name), _LOOK_EVERY_S)

    def _projected(self, after: int) -> int | None:
        """Project a batch, and return the position of its last event; None when there is none."""
        entries = self.reader.page(after, BATCH)
        if not entries:
            return None
        self.project([self.wrap(self.service, entry) for entry in entries])
        return entries[-1].position


def through_outages(do: Callable[[], Result], stop: Event) -> Result | None:
    """Do something, again and again with growing pauses as long as the store is away; None when told to stop first."""
    pause_s = _FIRST_PAUSE_S
    while not stop.is_set():
        try:
            done = do()
        except Exception as outage:  # what is no outage is raised again
            if not is_of_store(outage):
                raise
            DEPENDENCIES.missing(MONGODB)
            log.warning("store_away", reason=type(outage).__name__, pause_s=pause_s)
            stop.wait(pause_s)
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
        else:
            DEPENDENCIES.there(MONGODB)
            return done
    return None


def made_by(factory: str, made: MakeRows = Rows) -> Projector:
    """Build the projector that `services.board.bootstrap:projector` names, with the settings of `board`.

    The service is the package in which the factory's module lies. `made` makes the rows that it writes.
    """
    module, _, name = factory.partition(":")
    projector: Projector = getattr(import_module(module), name)(_settings_of(module), made)
    return projector


def _settings_of(module: str) -> ServiceSettings:
    return ServiceSettings.load(module.split(".")[-2])


def main(factory: str) -> int:
    """Run a projector until SIGTERM or SIGINT; returns 1 when a projection failed."""
    configure("projector")
    serve(Settings())
    watch_store(_settings_of(factory.partition(":")[0]).mongo_url)
    stop = Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stop.set())
    try:
        projector = through_outages(lambda: made_by(factory), stop)
        if projector:
            projector.run(stop)
    except Exception:
        log.exception("projection_failed", factory=factory)
        return 1
    log.info("process_stopped", factory=factory)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
