"""A long aggregate is loaded by replaying little, and what is remembered of it never decides anything."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from eventsourcing.persistence import StoredEvent
from pymongo.collection import Collection
from pymongo.database import Database

from infra.event_store import CHANGED_MEANWHILE, EVENTS, ServiceApplication
from infra.event_store.recorder import ReactingLogRecorder
from infra.event_store.remembering import REPLAYED_MAX, RememberingLoader
from tests.integration.event_store.things import Attempt, Thing, a_thing, an_act, name_it

pytestmark = pytest.mark.servers

LENGTH = 3 * REPLAYED_MAX
Log = Database[dict[str, Any]]


class CountingRecorder(ReactingLogRecorder):
    """Counts the events that are read."""

    def __init__(self, events: Collection[dict[str, Any]]) -> None:
        super().__init__(events)
        self.read = 0

    def select_events(self, originator_id: UUID | str, **bounds: Any) -> Sequence[StoredEvent]:
        found = super().select_events(originator_id, **bounds)
        self.read += len(found)
        return found


@pytest.fixture
def application(log: Log) -> ServiceApplication:
    return ServiceApplication(log, Attempt)


@pytest.fixture
def long_thing(application: ServiceApplication) -> Thing:
    thing = a_thing()
    for number in range(2, LENGTH + 1):
        name_it(thing, str(number))
    application.save(thing)
    return thing


def from_the_log_alone(log: Log, thing: Thing) -> Thing:
    return ServiceApplication(log, Attempt).load(Thing, thing.id)


def test_after_the_first_load_only_what_is_new_is_read(log: Log, long_thing: Thing) -> None:
    recorder = CountingRecorder(log[EVENTS])
    loader = RememberingLoader(recorder, ServiceApplication(log, Attempt).mapper)
    loader.load(long_thing.id)
    assert recorder.read == LENGTH

    loader.load(long_thing.id)
    assert recorder.read == LENGTH + 1  # the last event remembered is looked at again


@pytest.mark.parametrize("new", [0, 1, REPLAYED_MAX, REPLAYED_MAX + 1, 2 * REPLAYED_MAX])
def test_what_is_loaded_equals_what_the_log_alone_gives(
    log: Log, application: ServiceApplication, long_thing: Thing, new: int
) -> None:
    application.load(Thing, long_thing.id)
    elsewhere = ServiceApplication(log, Attempt)
    for number in range(new):
        name_it(long_thing, f"new {number}")
        elsewhere.save(long_thing)

    for _ in range(2):
        loaded = application.load(Thing, long_thing.id)
        assert loaded.version == LENGTH + new
        assert loaded.__dict__ == from_the_log_alone(log, long_thing).__dict__


def test_what_a_command_did_and_did_not_save_is_not_remembered(
    log: Log, application: ServiceApplication, long_thing: Thing
) -> None:
    for _ in range(2):
        name_it(application.load(Thing, long_thing.id), "never saved")

    assert application.load(Thing, long_thing.id).__dict__ == from_the_log_alone(log, long_thing).__dict__


def test_whoever_decided_on_an_older_version_loses_the_race(application: ServiceApplication, long_thing: Thing) -> None:
    first, second = (application.load(Thing, long_thing.id) for _ in range(2))
    application.save(name_it(first, "first"))

    refused = application.settle(name_it(second, "second"), None, act=an_act(), command="name")

    assert refused == CHANGED_MEANWHILE
    assert application.load(Thing, long_thing.id).name == "first"


@pytest.mark.parametrize("change", ["another last event", "a shorter log", "no log"])
def test_a_memory_that_is_not_what_the_log_says_is_dropped(
    log: Log, application: ServiceApplication, long_thing: Thing, change: str
) -> None:
    application.load(Thing, long_thing.id)
    kept = {"another last event": LENGTH - 1, "a shorter log": LENGTH - 10, "no log": 0}[change]
    log[EVENTS].delete_many({})
    other = ServiceApplication(log, Attempt)
    thing = a_thing(subject=long_thing.id) if kept else a_thing()
    for number in range(2, kept + 1):
        name_it(thing, f"otherwise {number}")
    if change == "another last event":
        name_it(thing, "another")
    other.save(thing)

    found = application.find(Thing, long_thing.id)

    expected = from_the_log_alone(log, thing).__dict__ if kept else None
    assert (None if found is None else found.__dict__) == expected


def test_a_changed_memory_changes_no_stored_event_and_no_other_load(
    log: Log, application: ServiceApplication, long_thing: Thing
) -> None:
    loaded = application.load(Thing, long_thing.id)
    loaded.__dict__["name"] = "corrupted"
    loaded.__dict__["_requests"].clear()

    assert application.load(Thing, long_thing.id).__dict__ == from_the_log_alone(log, long_thing).__dict__


def test_no_more_aggregates_are_remembered_than_memory_allows(log: Log) -> None:
    application = ServiceApplication(log, Attempt)
    recorder = CountingRecorder(log[EVENTS])
    loader = RememberingLoader(recorder, application.mapper, remembered_max=2)
    things = [a_thing() for _ in range(3)]
    for thing in things:
        for version in range(2, REPLAYED_MAX + 2):
            name_it(thing, str(version))
    application.save(*things)
    for thing in things:
        loader.load(thing.id)

    before = recorder.read
    loader.load(things[-1].id)
    assert recorder.read == before + 1
    loader.load(things[0].id)
    assert recorder.read == before + 1 + REPLAYED_MAX + 1
