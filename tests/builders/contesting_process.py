"""One of several processes that fight for the same versions: `python -m tests.builders.contesting_process URL DATABASE
THREADS VERSIONS SUBJECT...`.

Each thread tries to save every version of every subject, and after each of them an event of its own, which nobody contests.
Each begins with another subject, so that the threads of one process seldom contest with each other, but with those of others.
Prints what was won as JSON: [[subject, version, position], ...].
"""

import json
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from uuid import UUID

from eventsourcing.persistence import IntegrityError, StoredEvent

from infra.event_store import EVENTS, connect
from infra.event_store.recorder import LogRecorder
from infra.kernel.ids import new_id

Won = list[tuple[str, int, int]]


def contest(recorder: LogRecorder, subjects: Sequence[UUID], versions: int) -> Won:
    """Save what can be won, and as much of its own."""
    return list(_won(recorder, subjects, versions))


def _won(recorder: LogRecorder, subjects: Sequence[UUID], versions: int) -> Iterator[tuple[str, int, int]]:
    own, own_version = new_id(), 0
    for version in range(1, versions + 1):
        for subject in subjects:
            with suppress(IntegrityError):
                yield _saved(recorder, subject, version)
            own_version += 1
            yield _saved(recorder, own, own_version)


def _saved(recorder: LogRecorder, subject: UUID, version: int) -> tuple[str, int, int]:
    positions = recorder.insert_events([StoredEvent(subject, version, "a.topic", b"{}")])
    assert positions is not None
    return str(subject), version, positions[0]


if __name__ == "__main__":
    url, database, threads, versions, *subjects = sys.argv[1:]
    with connect(url) as client, ThreadPoolExecutor(int(threads)) as pool:
        recorder = LogRecorder(client[database][EVENTS])
        contested = [UUID(subject) for subject in subjects]
        turned = [contested[n % len(contested) :] + contested[: n % len(contested)] for n in range(int(threads))]
        fights = [pool.submit(contest, recorder, own_order, int(versions)) for own_order in turned]
        sys.stdout.write(json.dumps([won for fight in fights for won in fight.result()]))
