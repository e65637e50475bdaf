"""Saves beside other processes: `python -m tests.builders.meeting_process URL DATABASE SAVES PLACE [die|green]`.

With `green`, its threads are green, as in the bus door. It meets the others in the folder PLACE, and prints the positions of its saves as JSON. With `die`, it kills itself at the
moment when it has written what another process had offered, and has told nobody.
"""

import sys

if "green" in sys.argv:
    import eventlet

    eventlet.monkey_patch()  # nothing else may be imported before

import json
import os
import signal
from collections.abc import Sequence
from pathlib import Path

from eventsourcing.persistence import StoredEvent

from infra.event_store import EVENTS, connect, meeting, turns
from infra.event_store.meeting import Meeting, Offer
from infra.event_store.recorder import LogRecorder
from infra.kernel.ids import new_id


def die(_: Meeting, offers: Sequence[Offer]) -> None:
    """Tell nobody, ever, what became of the offers."""
    if any(save.positions for offer in offers for save in offer.saves):
        os.kill(os.getpid(), signal.SIGKILL)


def meet_in(place: Path) -> None:
    """Let this be the place where the processes of this machine meet."""
    for module in (meeting, turns):
        vars(module)["shared_place"] = lambda: place


if __name__ == "__main__":
    url, database, saves, place, *fate = sys.argv[1:]
    meet_in(Path(place))
    if "die" in fate:
        Meeting.answer = die  # type: ignore[assignment, method-assign]
    with connect(url) as client:
        recorder, subject = LogRecorder(client[database][EVENTS]), new_id()
        told = [
            recorder.insert_events([StoredEvent(subject, version, "a.topic", b"{}")])
            for version in range(1, int(saves) + 1)
        ]
    sys.stdout.write(json.dumps([str(subject), told]))
