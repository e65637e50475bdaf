"""The process that bakes the public pages: `python -m gateway.press`; with `--rebuild`, it bakes everything anew.

Only one press works on a site folder. A second one waits; asked for a rebuild while another works, it leaves that to it.
"""

import signal
import sys
from threading import Event, Thread

from gateway.press.bootstrap import Workshop
from gateway.press.folder import SiteFolder
from gateway.press.press import Press
from infra.logs import PROCESS_READY, configure, get_logger
from infra.read_store.projector import through_outages
from infra.settings import ServiceSettings

_LOOK_EVERY_S = 0.5

log = get_logger("press")


def main(arguments: list[str]) -> int:
    """Work until SIGTERM or SIGINT; with `--rebuild`, until everything is baked anew."""
    configure("press")
    stop = Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stop.set())
    workshop = Workshop(ServiceSettings.load("gateway"))
    if "--rebuild" in arguments:
        _rebuild(workshop, stop)
    else:
        _work_when_alone(workshop, stop)
    log.info("process_stopped")
    return 0


def _work_when_alone(workshop: Workshop, stop: Event) -> None:
    told = False
    while not stop.is_set():
        with workshop.folder.alone() as alone:
            if alone:
                _work(workshop, stop)
                return
        if not told:
            log.warning("another_press_works", hint="this one takes over when that one ends")
            told = True
        stop.wait(_LOOK_EVERY_S)


def _work(workshop: Workshop, stop: Event) -> None:
    with workshop.indexing() as indexing, workshop.rpc:
        press = workshop.press(indexing)
        through_outages(press.start, stop)
        watcher = Thread(target=_rebuild_when_asked, args=(press, workshop.folder, stop), name="rebuilding")
        watcher.start()
        log.info(PROCESS_READY)
        workshop.feed(press).run(stop)
        watcher.join()


def _rebuild_when_asked(press: Press, folder: SiteFolder, stop: Event) -> None:
    while not stop.wait(_LOOK_EVERY_S):
        if folder.rebuild_asked():
            through_outages(press.rebuild, stop)
            folder.rebuild_answered()


def _rebuild(workshop: Workshop, stop: Event) -> None:
    with workshop.folder.alone() as alone:
        if alone:
            press = workshop.press()
            through_outages(press.learn, stop)
            through_outages(press.rebuild, stop)
            return
        workshop.folder.ask_rebuild()
    while workshop.folder.rebuild_asked() and not stop.wait(_LOOK_EVERY_S):
        pass


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
