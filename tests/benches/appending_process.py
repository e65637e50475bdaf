"""One of several processes that append to one log: for each line, the seconds to go on for, it prints what saves took.

`python -m tests.benches.appending_process mongodb|postgresql ADDRESS NAME THREADS`, where the address is a URL of
MongoDB or a port of PostgreSQL, and the name that of a database with a log or of a table of events. Prints an empty
list once it is ready, then for each round the milliseconds of all its saves, as JSON.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from infra.event_store import EVENTS, connect
from infra.event_store.recorder import LogRecorder
from tests.benches.appending import Recorder, append
from tests.benches.postgresql import library_recorders


@contextmanager
def recorder_at(kind: str, address: str, name: str) -> Iterator[Recorder]:
    """Give ours or the library's recorder."""
    if kind == "mongodb":
        with connect(address) as client:
            yield LogRecorder(client[name][EVENTS])
    else:
        with library_recorders(int(address)) as library:
            yield library.on(name)


def tell(took_s: list[float]) -> None:
    sys.stdout.write(json.dumps([round(seconds * 1_000, 3) for seconds in took_s]) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    *where, threads = sys.argv[1:]
    with recorder_at(*where) as recorder:
        tell([])
        for line in sys.stdin:
            tell(append(recorder, int(threads), float(line)))
