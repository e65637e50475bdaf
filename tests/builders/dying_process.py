"""A process that dies between commit and answer: `python -m tests.builders.dying_process URL DATABASE SUBJECT REQUEST`.

It names a thing, and kills itself at the moment at which the event is in the log and nobody has been told.
"""

import os
import signal
import sys
from typing import Any
from uuid import UUID

from infra.event_store import connect, writing
from infra.event_store.appending import Outcome, append
from infra.kernel.act import Act
from infra.kernel.clock import system_clock
from tests.integration.event_store.things import Attempt, Naming


def append_and_die(*args: Any, **kwargs: Any) -> Outcome:
    outcome = append(*args, **kwargs)
    if outcome.written:
        os.kill(os.getpid(), signal.SIGKILL)
    return outcome


if __name__ == "__main__":
    url, database, subject, request = sys.argv[1:]
    with connect(url) as client:
        naming = Naming(client[database], Attempt)
        writing.append = append_and_die
        naming.give_name(UUID(subject), "hai", act=Act(UUID(request), "content-team", system_clock(), UUID(request)))
