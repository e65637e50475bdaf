"""Work that nobody waits for is done from time to time, by the projector, while it has nothing to project."""

from dataclasses import replace
from datetime import timedelta
from threading import Event, Thread
from typing import Any

import pytest
from bson import ObjectId
from pymongo.database import Database

from infra.event_store import create_log
from infra.kernel.clock import system_clock
from infra.read_store.chores import FromTimeToTime, sweeping
from infra.read_store.files import Files
from services.content.bootstrap import projector_over
from tests.builders.waiting import until
from tests.integration.read_store.service import Service

pytestmark = pytest.mark.servers
Store = Database[dict[str, Any]]


def strays(store: Store, **ago: float) -> None:
    """Half of an upload, as a killed process leaves it."""
    begun = ObjectId.from_datetime(system_clock() - timedelta(**ago))
    store["files.chunks"].insert_one({"files_id": begun, "n": 0, "data": b"half of a file"})


def test_a_chore_is_done_at_once_and_then_once_an_hour() -> None:
    done, now = list[float](), [100.0]
    chore = FromTimeToTime(lambda: done.append(now[0]), clock=lambda: now[0])

    for seconds in (0, 1, 3598, 1, 3599, 1, 7200):
        now[0] += seconds
        chore.look()

    assert done == [100.0, 3700.0, 7300.0, 14500.0]


def test_a_chore_that_fails_is_tried_again_at_the_next_look() -> None:
    looks = iter([ConnectionError("away"), None, AssertionError("not again")])

    def do() -> None:
        if outcome := next(looks):
            raise outcome

    chore = FromTimeToTime(do, clock=lambda: 100.0)
    with pytest.raises(ConnectionError):
        chore.look()
    chore.look()
    chore.look()


def test_uploads_are_swept_a_day_after_they_began(store_database: Store) -> None:
    files = Files(store_database)
    files.prepare()
    strays(store_database, hours=25)
    strays(store_database, hours=23)

    sweeping(files)()

    assert store_database["files.chunks"].count_documents({}) == 1


def test_the_projector_does_it_while_there_is_nothing_to_project(service: Service) -> None:
    looked, stop = list[int](), Event()
    last = service.name("a", "một")
    projector = replace(service.projector(), idle=lambda: looked.append(service.position))
    following = Thread(target=projector.run, args=(stop,))
    following.start()

    until(lambda: looked)
    stop.set()
    following.join(15)

    assert looked[0] == last


def test_contents_projector_sweeps_what_killed_processes_left(log_database: Store, store_database: Store) -> None:
    create_log(log_database)
    strays(store_database, days=2)

    projector_over(log_database, store_database).idle()

    assert store_database["files.chunks"].count_documents({}) == 0
