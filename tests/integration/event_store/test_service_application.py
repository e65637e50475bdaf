from dataclasses import replace
from typing import Any

import pytest
from eventsourcing.persistence import IntegrityError
from pymongo.database import Database

from infra.event_store import (
    CHANGED_MEANWHILE,
    EVENTS,
    LogEntry,
    LogReader,
    NotFound,
    NotStorable,
    ServiceApplication,
    StoreUnavailable,
    connect,
)
from infra.kernel.ids import new_id
from infra.kernel.verdicts import Accepted, Refusal
from infra.local.ports import free_ports
from tests.integration.event_store.things import Attempt, OtherThing, Thing, a_thing, an_act, name_it, saved

pytestmark = pytest.mark.servers

NOT_YOURS = Refusal("QC2024 Đ10.1b", "not_the_secretary", on_authority=True)
EMPTY_NAME = Refusal("QC2024 Đ10.1a", "name_missing", about="name")


@pytest.fixture
def application(log: Database[dict[str, Any]]) -> ServiceApplication:
    return ServiceApplication(log, Attempt)


def stored(log: Database[dict[str, Any]]) -> list[LogEntry]:
    return LogReader(log[EVENTS]).page(0)


def test_what_was_saved_is_loaded_as_it_was(application: ServiceApplication) -> None:
    thing = saved(application, name_it(a_thing("một"), "hai"))

    loaded = application.load(Thing, thing.id)

    assert (loaded.name, loaded.version) == ("hai", 2)
    assert (loaded.created_on, loaded.modified_on) == (thing.created_on, thing.modified_on)


def test_an_unknown_id_is_not_found(application: ServiceApplication) -> None:
    unknown = new_id()

    assert application.find(Thing, unknown) is None
    with pytest.raises(NotFound, match=f"Thing {unknown}"):
        application.load(Thing, unknown)


def test_an_id_of_another_kind_is_not_found(application: ServiceApplication) -> None:
    thing = saved(application, a_thing())

    assert application.find(OtherThing, thing.id) is None


def test_an_accepted_command_is_saved_in_one_commit_and_says_where(
    application: ServiceApplication, log: Database[dict[str, Any]]
) -> None:
    saved(application, a_thing())
    thing = name_it(a_thing("một"), "hai")

    verdict = application.settle(thing, None, act=an_act(), command="name")

    assert verdict == Accepted(thing.id, version=2, position=3)
    assert [commit.first for commit in LogReader(log[EVENTS]).commits(0, 10)] == [1, 2]


def test_a_command_that_changed_nothing_is_accepted_at_no_position(application: ServiceApplication) -> None:
    thing = saved(application, a_thing())

    assert application.settle(thing, None, act=an_act(), command="name") == Accepted(thing.id, 1, 0)


def test_a_refused_command_saves_nothing(application: ServiceApplication, log: Database[dict[str, Any]]) -> None:
    thing = saved(application, a_thing())

    verdict = application.settle(name_it(thing, ""), EMPTY_NAME, act=an_act(), command="name")

    assert verdict == EMPTY_NAME
    assert len(stored(log)) == 1


def test_a_refused_attempt_on_authority_is_recorded_and_nothing_else(
    application: ServiceApplication, log: Database[dict[str, Any]]
) -> None:
    act = an_act()
    thing = name_it(a_thing(), "hai")

    verdict = application.settle(thing, NOT_YOURS, act=act, command="name")

    (entry,) = stored(log)
    state = application.mapper.transcoder.decode(entry.state)
    assert verdict == NOT_YOURS
    assert entry.topic == Attempt.Refused.TOPIC
    assert (state["command"], state["subject"], state["code"]) == ("name", str(thing.id), "not_the_secretary")
    assert (state["clause"], state["act"], state["timestamp"]) == ("QC2024 Đ10.1b", act.as_record(), act.at)


def test_a_refused_attempt_heard_twice_is_recorded_once(
    application: ServiceApplication, log: Database[dict[str, Any]]
) -> None:
    act = an_act()

    for _ in range(2):
        assert application.settle(None, NOT_YOURS, act=act, command="name") == NOT_YOURS
    application.settle(None, NOT_YOURS, act=an_act(), command="name")

    assert len(stored(log)) == 2


def test_the_number_of_a_form_hides_no_attempt_of_somebody_else_or_on_something_else(
    application: ServiceApplication, log: Database[dict[str, Any]]
) -> None:
    act = an_act()

    for each in (a_thing(), a_thing()):
        application.settle(each, NOT_YOURS, act=act, command="name")
    application.settle(None, NOT_YOURS, act=replace(an_act(), correlation=act.correlation), command="name")

    assert len(stored(log)) == 3


def test_of_two_who_change_the_same_version_the_later_hears_that_it_changed_meanwhile(
    application: ServiceApplication, log: Database[dict[str, Any]]
) -> None:
    thing = saved(application, a_thing())
    one, other = (application.load(Thing, thing.id) for _ in range(2))

    application.settle(name_it(one, "one"), None, act=an_act(), command="name")
    verdict = application.settle(name_it(other, "other"), None, act=an_act(), command="name")

    assert verdict == CHANGED_MEANWHILE
    assert application.load(Thing, thing.id).name == "one"
    assert len(stored(log)) == 2


def test_a_handled_upstream_position_is_recorded_with_the_events_it_led_to(application: ServiceApplication) -> None:
    thing, again = a_thing(), a_thing()

    assert application.save_reaction("board", 7, thing)
    assert not application.save_reaction("board", 7, again)
    assert not application.save_reaction("board", 6, again)

    assert application.recorder.max_tracking_id("board") == 7
    assert application.find(Thing, thing.id) is not None
    assert application.find(Thing, again.id) is None


def test_a_reaction_that_lost_a_race_is_not_taken_for_handled(application: ServiceApplication) -> None:
    thing = saved(application, a_thing())
    stale = application.load(Thing, thing.id)
    saved(application, name_it(thing, "hai"))

    with pytest.raises(IntegrityError):
        application.save_reaction("board", 7, name_it(stale, "ba"))

    assert application.recorder.max_tracking_id("board") is None


def test_an_upstream_position_without_events_of_ours_is_recorded_as_well(
    application: ServiceApplication, log: Database[dict[str, Any]]
) -> None:
    application.save_reaction("board", 1)
    application.save_reaction("board", 2, a_thing())
    application.save_reaction("board", 3)

    assert application.recorder.max_tracking_id("board") == 3
    assert [entry.position for entry in stored(log)] == [1]


def test_an_event_that_json_cannot_hold_is_a_fault_and_nothing_is_saved(
    application: ServiceApplication, log: Database[dict[str, Any]]
) -> None:
    with pytest.raises(NotStorable, match=r"state\.name is a tuple"):
        application.save(a_thing(("a", "b")))  # type: ignore[arg-type]

    assert stored(log) == []


def test_a_store_that_is_away_is_said_to_be_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.event_store.connection.SERVER_SELECTION_MS", 100)
    (closed_port,) = free_ports(1)
    with connect(f"mongodb://127.0.0.1:{closed_port}/") as nobody:
        application = ServiceApplication(nobody["content_log"], Attempt)

        with pytest.raises(StoreUnavailable):
            application.find(Thing, new_id())
        with pytest.raises(StoreUnavailable, match="not saved"):
            application.settle(a_thing(), None, act=an_act(), command="name")
        with pytest.raises(StoreUnavailable):
            LogReader(nobody["content_log"][EVENTS]).head()


def test_a_user_who_may_only_find_and_insert_can_do_all_of_this(service_log: Database[dict[str, Any]]) -> None:
    application = ServiceApplication(service_log, Attempt)
    thing = saved(application, a_thing())

    accepted = application.settle(name_it(thing, "hai"), None, act=an_act(), command="name")
    refused = application.settle(thing, NOT_YOURS, act=an_act(), command="name")
    application.save_reaction("board", 1)
    application.save_reaction("board", 2, a_thing())

    reader = LogReader(service_log[EVENTS])
    assert accepted == Accepted(thing.id, 2, 2)
    assert refused == NOT_YOURS
    assert reader.wait(3, timeout_s=1)
    assert len(reader.page(0)) == 4
    reader.close()
