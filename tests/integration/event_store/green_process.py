"""The event store in a process whose threads are green, as in the bus door: `python green_process.py URL DATABASE`.

Prints one JSON object with what happened.
"""

import eventlet

eventlet.monkey_patch()

import json  # noqa: E402 - nothing may be imported before the patching
import sys  # noqa: E402

from eventsourcing.persistence import IntegrityError, StoredEvent  # noqa: E402
from pymongo.database import Database  # noqa: E402

from infra.event_store import EVENTS, LogReader, ServiceApplication, chain_breaks, connect  # noqa: E402
from infra.event_store.recorder import LogRecorder  # noqa: E402
from infra.kernel.ids import new_id  # noqa: E402
from tests.integration.event_store.things import Attempt, Thing, a_thing, an_act, name_it  # noqa: E402

WRITERS, SAVES = 20, 10


def write_from_green_threads(recorder: LogRecorder) -> int:
    """Save from many green threads; return how many saves were acknowledged."""
    writers = [eventlet.spawn(save, recorder, SAVES) for _ in range(WRITERS)]
    return sum(writer.wait() for writer in writers)


def save(recorder: LogRecorder, times: int) -> int:
    subject = new_id()
    for version in range(1, times + 1):
        recorder.insert_events([StoredEvent(subject, version, "a.topic", b"{}")])
    return times


def kill_writers_at_work(recorder: LogRecorder) -> int:
    """Kill green threads while they write and while they wait; return how many saves the others still made."""
    writers = [eventlet.spawn(save, recorder, 50) for _ in range(3)]
    for step in range(150):
        doomed = [eventlet.spawn(save, recorder, 1000) for _ in range(2)]
        eventlet.sleep(0.0005 * (step % 7))
        for thread in doomed:
            thread.kill()
    return sum(writer.wait() for writer in writers)


def lose_a_race(recorder: LogRecorder) -> str:
    taken = StoredEvent(new_id(), 1, "a.topic", b"{}")
    recorder.insert_events([taken])
    try:
        recorder.insert_events([taken])
    except IntegrityError:
        return "refused"
    return "written twice"


def use_an_application(database: Database) -> list:
    application = ServiceApplication(database, Attempt)
    thing = a_thing()
    verdict = application.settle(name_it(thing, "hai"), None, act=an_act(), command="name")
    return [application.load(Thing, thing.id).name, verdict.version]


def wait_for_another(database: Database, recorder: LogRecorder) -> bool:
    reader = LogReader(database[EVENTS])
    waiting = eventlet.spawn(reader.wait, reader.head(), 10)
    eventlet.sleep(0.1)
    recorder.insert_events([StoredEvent(new_id(), 1, "a.topic", b"{}")])
    woken = waiting.wait()
    reader.close()
    return woken


if __name__ == "__main__":
    with connect(sys.argv[1]) as client, eventlet.Timeout(60):
        database = client[sys.argv[2]]
        recorder = LogRecorder(database[EVENTS])
        done = {
            "acknowledged": write_from_green_threads(recorder),
            "acknowledged_beside_killed": kill_writers_at_work(recorder),
            "race": lose_a_race(recorder),
            "application": use_an_application(database),
            "woken": wait_for_another(database, recorder),
            "breaks": len(list(chain_breaks(LogReader(database[EVENTS]).commits(0, 100_000)))),
        }
        print(json.dumps(done))  # noqa: T201 - how it reports
