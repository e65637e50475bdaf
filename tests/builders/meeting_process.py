"""Saves beside other processes: `python -m tests.builders.meeting_process URL DATABASE SAVES PLACE [FATE]`.

It meets the others in the folder PLACE. It prints `ready`, waits for a line, and prints the positions of its saves as JSON. FATE is one of: `green`, its
threads are green, as in the bus door; `die`, it kills itself when it has written what another process offered and has
told nobody; `silent`, it stops there until it is continued; `late`, it stops when it has read what another process
offers, and writes it when it is continued.
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

from infra.event_store import EVENTS, connect, meeting, turns, writing
from infra.event_store.meeting import Meeting, Offer
from infra.event_store.recorder import LogRecorder
from infra.kernel.ids import new_id


class Fated(Meeting):
    """Meets a fate, once."""

    fate = ""

    def others(self, own: Offer) -> list[Offer]:
        """Read what others offer."""
        offers = super().others(own)
        if offers and self.fate == "late":
            self._stop()
        return offers

    def answer(self, offers: Sequence[Offer]) -> None:
        """Tell others what became of their offers."""
        has_written = any(save.positions for offer in offers for save in offer.saves)
        if has_written and self.fate == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if has_written and self.fate == "silent":
            self._stop()
        super().answer(offers)

    def _stop(self) -> None:
        Fated.fate = ""
        os.kill(os.getpid(), signal.SIGSTOP)


def meet_in(place: Path) -> None:
    """Let this be the place where the processes of this machine meet."""
    for module in (meeting, turns):
        vars(module)["shared_place"] = lambda: place


if __name__ == "__main__":
    url, database, saves, place, *fate = sys.argv[1:]
    meet_in(Path(place))
    Fated.fate, writing.Meeting = "".join(fate), Fated  # type: ignore[misc]
    with connect(url) as client:
        recorder, subject = LogRecorder(client[database][EVENTS]), new_id()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        told = [
            recorder.insert_events([StoredEvent(subject, version, "a.topic", b"{}")])
            for version in range(1, int(saves) + 1)
        ]
    sys.stdout.write(json.dumps([str(subject), told]))
