"""The process that bakes the public pages: `python -m gateway.press`; with `--rebuild`, it bakes everything anew.

Only one press works on a site folder. A second one waits; asked for a rebuild while another works, it leaves that to it.
"""

import signal
import sys
from threading import Event

from gateway.press.bootstrap import Workshop
from gateway.press.following import Following
from infra.logs import PROCESS_READY, configure, get_logger
from infra.messaging.ending import end_after
from infra.metrics.dependencies import watch_store
from infra.metrics.serving import serve
from infra.read_store.progress import Progress
from infra.read_store.projector import through_outages
from infra.settings import ServiceSettings, Settings

_LOOK_EVERY_S = 0.5
_LISTS_PAUSE_S = 0.5
"""When much is published at once, lists are baked twice a second and not for each item."""
_INDEX_PAUSE_S = 2.0
"""A commit of the index takes a processor for a while; a reader may search for news two seconds later."""

_TILES_PAUSE_S = 0.5
"""The log is asked about once a second: many events share one checkpoint."""

STOP_TIMEOUT_S = 13.0
"""How long the process may take to end, whatever it has in hand: that is heard, or baked, again."""

log = get_logger("press")


def main(arguments: list[str]) -> int:
    """Work until SIGTERM or SIGINT; with `--rebuild`, until everything is baked anew: 1 when stopped before that."""
    configure("press")
    serve(Settings())
    settings = ServiceSettings.load("gateway")
    watch_store(settings.mongo_url)
    stop, rebuilds = Event(), "--rebuild" in arguments
    end_after(stop, STOP_TIMEOUT_S, code=1 if rebuilds else 0)
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stop.set())
    workshop = Workshop(settings)
    if rebuilds:
        return _told(finished=_rebuild(workshop, stop))
    _work_when_alone(workshop, stop)
    log.info("process_stopped")
    return 0


def _told(*, finished: bool) -> int:
    if finished:
        log.info("rebuild_finished", service="gateway")
        return 0
    log.warning("rebuild_stopped", service="gateway", hint="readers see the pages that they saw before")
    return 1


def _work_when_alone(workshop: Workshop, stop: Event) -> None:
    told = False
    while not stop.is_set():
        with workshop.alone() as alone:
            if alone:
                _work(workshop, stop)
                return
        if not told:
            log.warning("another_press_works", hint="this one takes over when that one ends")
            told = True
        stop.wait(_LOOK_EVERY_S)


def _work(workshop: Workshop, stop: Event) -> None:
    press, listing, indexing = workshop.press(), workshop.listing(), workshop.indexing()
    through_outages(workshop.archive.prepare, stop)
    _hear_again_if_lost(workshop, stop)
    through_outages(listing.begin, stop)
    if stop.is_set():
        return
    workshop.folder.begin_work()
    lists = Following("lists", listing.catch_up, stop.set, _LISTS_PAUSE_S)
    index = Following("index", indexing.catch_up, stop.set, _INDEX_PAUSE_S)
    tiles = Following("tiles", workshop.tiles().catch_up, stop.set, _TILES_PAUSE_S)
    with workshop.rpc, workshop.log_rpc, lists, index, tiles:
        press.tell(lists.wake, index.wake)
        log.info(PROCESS_READY)
        workshop.feed(press).run(stop)
    workshop.folder.end_work()


def _rebuild(workshop: Workshop, stop: Event) -> bool:
    """Bake everything anew, or let the press that works do it; False when told to stop before that."""
    with workshop.alone() as alone:
        if alone:
            return _rebuild_alone(workshop, stop)
        workshop.folder.ask_rebuild()
    progress = Progress("public pages", "items")
    while workshop.folder.rebuild_asked() and not stop.wait(_LOOK_EVERY_S):
        progress.reached(*workshop.folder.rebuilt())
    progress.end()
    return not stop.is_set()


def _rebuild_alone(workshop: Workshop, stop: Event) -> bool:
    through_outages(workshop.archive.prepare, stop)
    _hear_again_if_lost(workshop, stop)
    if not through_outages(lambda: workshop.listing().rebuild(stop), stop):
        return False
    through_outages(workshop.indexing().catch_up, stop)
    workshop.folder.end_work()
    return True


def _hear_again_if_lost(workshop: Workshop, stop: Event) -> None:
    """Where there are no pages there are no pictures either: they come with the items."""
    if workshop.folder.edition() is None:
        through_outages(workshop.hear_again, stop)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
