"""The monitor says nothing false: neither an alarm where nothing was done, nor "intact" where that is not known."""

import json
from datetime import timedelta
from threading import Thread

import pytest

from infra.kernel.clock import system_clock
from services.audit.log.entries import ENTRIES, EntryLog
from services.audit.log.verification import NO_WITNESS, Answer
from services.audit.watch.standing import SILENT, WORD_IS_GOOD
from tests.builders.waiting import until
from tests.integration.audit.watched import A_MINUTE, Watched

pytestmark = pytest.mark.servers


def intact_up_to(watched: Watched, entries: int) -> bool:
    return watched.says(Answer.INTACT) and watched.standing.size == entries


def recorded(watched: Watched) -> list[dict[str, object]]:
    """What was found, as audit's own log tells it."""
    events = [event for commit in watched.province.events("audit").find().sort("_id", 1) for event in commit["e"]]
    return [json.loads(event["s"]) for event in events if event["t"] == "audit.tampering.found"]


# No alarm where nothing was done.


def test_a_log_that_grows_all_the_time_stays_intact(watched: Watched) -> None:
    def be_busy() -> None:
        for _ in range(60):
            watched.province.write("content", "drafted", "sent")
            watched.province.audit()

    busy = Thread(target=be_busy)
    busy.start()
    while busy.is_alive():
        assert watched.standing.state is not Answer.TAMPERED
        busy.join(timeout=0.05)
    until(lambda: intact_up_to(watched, 131), A_MINUTE)
    watched.all_is_read_again()

    assert watched.history() == []
    assert watched.standing.turn_seconds > 0
    until(lambda: {place.size for place in watched.standing.witnesses} == {131}, A_MINUTE)


def test_events_that_have_not_arrived_are_told_as_lag(watched: Watched) -> None:
    for _ in range(3):
        watched.province.write("content", "drafted")

    until(lambda: watched.standing.lag == {"board": 0, "content": 3, "audit": 0}, A_MINUTE)
    watched.all_is_read_again()

    assert intact_up_to(watched, 11)
    watched.province.audit()
    until(lambda: intact_up_to(watched, 14) and watched.standing.lag["content"] == 0, A_MINUTE)
    assert watched.history() == []


def test_a_monitor_that_starts_anew_and_writers_that_start_anew_change_nothing(watched: Watched) -> None:
    watched.end()
    watched.province.restart()
    watched.province.write("board", "appointed")
    watched.province.audit()

    watched.begin()

    until(lambda: intact_up_to(watched, 12), A_MINUTE)
    assert watched.history() == []


def test_a_batch_that_a_crash_has_cut_is_no_tampering(watched: Watched) -> None:
    """Only entries were written, no checkpoint: as when the process dies in the middle of a batch."""
    watched.province.write("content", "drafted", "sent", "cleared")
    note = watched.witness_file.read_text(encoding="utf-8")
    watched.end()
    watched.province.audit()
    watched.province.admin[f"{watched.province.prefix}_audit_log"][ENTRIES].delete_many({"_id": {"$gte": 13}})
    watched.witness_file.write_text(note, encoding="utf-8")
    watched.begin()
    watched.all_is_read_again()
    assert watched.says(Answer.INTACT)

    watched.province.restart()
    watched.province.audit()

    until(lambda: intact_up_to(watched, 14), A_MINUTE)
    watched.all_is_read_again()
    assert watched.history() == []


def test_a_person_who_is_erased_leaves_every_proof_as_it_was(watched: Watched) -> None:
    people = watched.province.admin[f"{watched.province.prefix}_content"].people
    people.insert_one({"_id": "somebody", "name": "Somebody", "salt": b"salt"})
    people.delete_one({"_id": "somebody"})
    watched.province.write("content", "erased")
    watched.province.audit()

    until(lambda: intact_up_to(watched, 12), A_MINUTE)
    watched.all_is_read_again()

    assert watched.history() == []


def test_a_folder_elsewhere_that_cannot_be_reached_is_told_and_stops_nothing(watched: Watched) -> None:
    watched.far_file.unlink()
    watched.far_file.parent.rmdir()
    watched.far_file.parent.write_text("no folder", encoding="utf-8")

    until(lambda: {each.problem for each in watched.standing.witnesses} == {"", "unreachable"}, A_MINUTE)

    assert watched.says(Answer.INTACT)
    watched.far_file.parent.unlink()
    watched.far_file.parent.mkdir()
    until(lambda: {each.problem for each in watched.standing.witnesses} == {"", "empty"}, A_MINUTE)
    assert watched.history() == []


# What was found stays found.


def test_what_was_found_is_an_event_once_and_stays_open_after_it_is_repaired(watched: Watched) -> None:
    watched.set_state(3, 1, b"sent", b"Sent")
    until(lambda: watched.says(Answer.TAMPERED), A_MINUTE)
    until(lambda: recorded(watched), A_MINUTE)

    watched.set_state(3, 1, b"Sent", b"sent")
    until(lambda: watched.found() == set(), A_MINUTE)
    watched.all_is_read_again()

    assert watched.says(Answer.TAMPERED)
    assert watched.standing.findings == 2
    assert [(each["found"], each["total"]) for each in recorded(watched)] == [
        (["content/3 unchained", "content/4 changed"], 2)
    ]
    assert all(each.first_seen <= each.last_seen and not each.there for each in watched.history())

    watched.memory.acknowledge(system_clock())
    until(lambda: watched.says(Answer.INTACT), A_MINUTE)
    assert len(watched.history()) == 2


def test_what_is_found_is_remembered_by_the_next_monitor(watched: Watched) -> None:
    watched.set_state(3, 1, b"sent", b"Sent")
    until(lambda: watched.says(Answer.TAMPERED), A_MINUTE)
    until(lambda: recorded(watched), A_MINUTE)
    watched.end()

    watched.begin()
    watched.all_is_read_again()

    assert watched.says(Answer.TAMPERED)
    assert len(recorded(watched)) == 1


def test_nothing_is_recorded_in_the_place_of_what_is_cut_off_from_audits_own_log(watched: Watched) -> None:
    watched.set_state(3, 1, b"sent", b"Sent")
    until(lambda: recorded(watched), A_MINUTE)
    watched.province.audit()
    until(lambda: watched.standing.size == EntryLog(watched.province.entries()).signed() > 11, A_MINUTE)

    watched.province.events("audit").delete_many({})
    until(lambda: "audit/1 truncated" in watched.found(), A_MINUTE)
    watched.all_is_read_again()

    assert watched.province.events("audit").find_one({"_id": 1}) is None


# Nothing is called intact that is not known.


def test_without_a_witness_nothing_is_proven(watched: Watched) -> None:
    watched.end()
    watched.memory._kept.delete_many({})  # a monitor that has never seen one either
    watched.witness_file.unlink()

    watched.begin()
    until(lambda: watched.memory.said() is not None and watched.standing.checked_at is not None, A_MINUTE)

    assert (watched.standing.state, watched.standing.reasons) == (Answer.UNPROVEN, (NO_WITNESS,))


def test_a_monitor_that_is_silent_proves_nothing(watched: Watched) -> None:
    watched.end()
    said = watched.standing

    assert said.answer(said.heard_at + WORD_IS_GOOD) is Answer.INTACT
    late = said.heard_at + WORD_IS_GOOD + timedelta(seconds=1)
    assert (said.answer(late), said.doubted(late)) == (Answer.UNPROVEN, (SILENT,))


def test_a_monitor_that_has_just_started_has_proven_nothing_yet(watched: Watched) -> None:
    watched.end()
    watched.province.events("content").update_one({"_id": 3}, {"$unset": {"h": 1}})
    watched.begin()

    until(lambda: watched.says(Answer.TAMPERED), A_MINUTE)
    assert "content/3 unreadable" in watched.found()
