"""Makes packs beside the pages, one after another; what a process that died has left is begun again."""

from datetime import datetime
from pathlib import Path
from threading import Event, Thread
from uuid import UUID

from infra.kernel.act import Act
from infra.kernel.clock import Clock, system_clock
from infra.kernel.ids import natural_id
from infra.logs import get_logger
from infra.messaging.errors import RpcError
from infra.messaging.outages import is_of_store
from services.audit.application import AuditApplication, OrderedPack
from services.audit.domain.pack import Contents
from services.audit.log.checkpoint import Unproven
from services.audit.log.many_proofs import NotProven
from services.audit.packs.shelf import Kept, Shelf
from services.audit.packs.writing import PackWriter, Task

LOOKS_EVERY_S = 2.0
MOST_TRIES = 3
"""A pack whose making has crashed so often is given up, so that those behind it are made."""

log = get_logger("packs")


class PackMaker:
    """Takes packs from the shelf, makes them, records what was made, and lets them be fetched: in this order."""

    def __init__(
        self, shelf: Shelf, application: AuditApplication, writer: PackWriter, clock: Clock = system_clock
    ) -> None:
        self._shelf = shelf
        self._application = application
        self._writer = writer
        self._clock = clock
        self._wanted = Event()

    def begin(self) -> Thread:
        """Make packs in a thread of its own as long as the process lives."""
        thread = Thread(target=self._follow, name="packs", daemon=True)
        thread.start()
        return thread

    def wake(self) -> None:
        """Say that there is a pack to be made."""
        self._wanted.set()

    def step(self) -> bool:
        """Make one pack and remove those whose time is over; tell whether there was one to make.

        One whose order has not arrived in the log yet waits: the pack is to prove what it was ordered for.
        """
        self._shelf.sweep(self._clock())
        kept = self._shelf.take(self._clock())
        if kept is None:
            return False
        ordered, place = self._application.ordered_pack(kept.id), self._writer.place_of(kept.id)
        if ordered is None or kept.tries > MOST_TRIES:
            self._shelf.fail(kept, "crashed")
        elif place is None:
            self._shelf.put_back(kept)
            return False
        else:
            self._make(kept, Task(ordered.order, ordered.ordered_at, place), ordered)
        return True

    def _follow(self) -> None:
        while True:
            self._wanted.clear()
            try:
                while self.step():
                    pass
            except Exception as failure:
                if is_of_store(failure):
                    log.warning("store_away", reason=type(failure).__name__)
                else:
                    log.exception("pack_failed")
            self._wanted.wait(LOOKS_EVERY_S)

    def _make(self, kept: Kept, task: Task, ordered: OrderedPack) -> None:
        draft = self._shelf.draft(kept)
        try:
            contents = self._write(kept, task, draft)
            self._application.seal_pack(kept.id, contents, act=_sealing(ordered, self._clock()))
            self._offer(kept, contents, draft)
        except _TakenAway:
            log.info("pack_taken_away", pack=str(kept.id))
        except (NotProven, Unproven) as damage:
            self._shelf.fail(kept, str(damage))
        except RpcError:
            self._shelf.fail(kept, "away")
        finally:
            draft.unlink(missing_ok=True)

    def _write(self, kept: Kept, task: Task, draft: Path) -> Contents:
        def tell(done: int, of: int) -> None:
            _go_on(self._shelf.tell(kept, done, of, self._clock()))

        people = self._writer.concerned(task, tell)
        _go_on(self._shelf.names(kept, people))
        return self._writer.write(task, people, draft, tell)

    def _offer(self, kept: Kept, contents: Contents, draft: Path) -> None:
        draft.replace(self._shelf.path(kept.id))
        if not self._shelf.ready(kept, contents, self._clock()):
            self._shelf.path(kept.id).unlink(missing_ok=True)
        log.info("pack_made", pack=str(kept.id), events=contents.events, size=contents.size)


class _TakenAway(Exception):  # noqa: N818 - what happened
    """The pack is no longer this maker's to make."""


def _go_on(mine: bool) -> None:  # noqa: FBT001 (a fact, named at the call)
    if not mine:
        raise _TakenAway


def _sealing(ordered: OrderedPack, at: datetime) -> Act:
    """Return the act of whoever ordered it: nobody else has done anything."""
    return Act(UUID(ordered.taken_by), ordered.capacity, at, natural_id("audit.pack.sealed", str(ordered.id)))
