"""A process that saves to a log from several threads: `python writer_process.py URL DATABASE THREADS SAVES`."""

import sys
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from eventsourcing.persistence import StoredEvent

from infra.event_store import EVENTS, connect
from infra.event_store.recorder import LogRecorder
from infra.kernel.ids import new_id


def write(url: str, database: str, threads: int, saves: int) -> None:
    with connect(url) as client, ThreadPoolExecutor(threads) as pool:
        recorder = LogRecorder(client[database][EVENTS])

        def save(subject: UUID) -> None:
            for version in range(1, saves + 1):
                recorder.insert_events([StoredEvent(subject, version, "a.topic", b"{}")])

        list(pool.map(save, [new_id() for _ in range(threads)]))


if __name__ == "__main__":
    write(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
