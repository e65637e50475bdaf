"""Writes a service's rows anew from its log: `python -m infra.read_store.rebuild board`."""

import sys
from time import monotonic, sleep

from infra.logs import configure, get_logger
from infra.read_store.projector import Projector, made_by

_ANSWERED_WITHIN_S = 3.0
_STUCK_AFTER_S = 60.0
_LOOK_EVERY_S = 0.2

log = get_logger("rebuild")


def rebuild(projector: Projector) -> bool:
    """Drop the projector's rows and project the whole log again, telling how far it has come.

    A running projector is asked to do it, since only one may write; where none runs, it is done here.
    Returns whether everything up to the log's head at the beginning has been projected.
    """
    goal = projector.reader.head()
    projector.positions.ask_again(projector.name)
    if _taken_up(projector):
        return _follow(projector, goal)
    while projector.step():
        _tell(projector, goal)
    return True


def _taken_up(projector: Projector) -> bool:
    deadline = monotonic() + _ANSWERED_WITHIN_S
    while projector.positions.asked_again(projector.name):
        if monotonic() > deadline:
            return False
        sleep(_LOOK_EVERY_S)
    return True


def _follow(projector: Projector, goal: int) -> bool:
    reached, moved_at = -1, monotonic()
    while reached < goal and monotonic() - moved_at < _STUCK_AFTER_S:
        position = projector.positions.get(projector.name)
        if position != reached:
            reached, moved_at = position, monotonic()
            _tell(projector, goal)
        sleep(_LOOK_EVERY_S)
    return reached >= goal


def _tell(projector: Projector, goal: int) -> None:
    log.info("rebuild_progress", projector=projector.name, position=projector.positions.get(projector.name), of=goal)


def main(service: str) -> int:
    """Rebuild a service by its name, or a projector by `module:factory`; returns 1 when it got stuck."""
    configure("rebuild")
    factory = service if ":" in service else f"services.{service}.bootstrap:projector"
    if rebuild(made_by(factory)):
        log.info("rebuild_finished", service=service)
        return 0
    log.error("rebuild_stuck", service=service, hint="the projector has stopped: its log says why")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
