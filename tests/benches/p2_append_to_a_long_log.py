"""P2: appends to a log of 500,000 events, beside the same appends to a log of 1,000.

Half a million events are about ten years of one province.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from eventsourcing.persistence import StoredEvent

from infra.event_store.recorder import LogRecorder
from infra.event_store.saving import Save
from infra.event_store.writing import CommitWriter
from infra.kernel.ids import new_id
from tests.benches.appending import STATE, TOPIC, append_rate
from tests.benches.frame import Bar, Case
from tests.benches.mongodb import fresh_log, mongodb

TITLE = "append at 500k events"
LONG, SHORT = 500_000, 1_000
SECONDS = 3.0
WRITERS = 8
BATCH = 1_000
EVENTS_AN_AGGREGATE = 10


@contextmanager
def cases() -> Iterator[list[Case]]:
    """The long log is filled once; each round of the control begins with a short one."""
    with mongodb() as client:
        long_log = fresh_log(client)
        fill(long_log, LONG)

        def at_the_beginning() -> float:
            short_log = fresh_log(client)
            fill(short_log, SHORT)
            rate = append_rate(short_log, WRITERS, SECONDS)
            client.drop_database(short_log.events.database.name)
            return rate

        yield [
            Case(
                name=f"{WRITERS} writers",
                unit="events/s",
                ours=lambda: append_rate(long_log, WRITERS, SECONDS),
                control=at_the_beginning,
                bar=Bar(">=", 0.6),
            )
        ]


def fill(log: LogRecorder, events: int) -> None:
    """Write one commit an event, in large batches, ten events an aggregate."""
    writer = CommitWriter(log.events)
    subject = new_id()
    for begun in range(0, events, BATCH):
        saves = []
        for number in range(begun, begun + BATCH):
            version = number % EVENTS_AN_AGGREGATE + 1
            subject = new_id() if version == 1 else subject
            saves.append(Save([StoredEvent(subject, version, TOPIC, STATE)], None))
        writer.write(saves)
        for save in saves:
            save.outcome()
    log.insert_events([StoredEvent(new_id(), 1, TOPIC, STATE)])
