"""Parked messages are kept in MongoDB once, in order, with their reason, until they are taken in."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from pymongo.database import Database

from infra.messaging import parked as limits
from infra.messaging.envelope import Envelope
from infra.messaging.inbox import Inbox
from infra.messaging.parked import BEHIND, BYTES_KEPT, REASON_KEPT, Parked, Standing
from infra.read_store.positions import Positions

pytestmark = pytest.mark.servers

NOON = datetime(2026, 3, 2, 5, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
STAFF = UUID(int=99)


def event(position: int, subject: int = 1, service: str = "content") -> Envelope:
    facts = {"timestamp": NOON.isoformat(), "$where": "a.b", "tiêu đề": "Quyết định", "money": 2**70}
    return Envelope(service, position, "content.article.cleared", UUID(int=subject), position, NOON, facts)


@pytest.fixture
def parked(store_database: Database[dict[str, Any]]) -> Parked:
    return Parked(store_database["parked"])


def test_a_parked_message_is_kept_whole_with_its_reason(parked: Parked) -> None:
    parked.park(event(1), "ValueError: no", NOON)

    (kept,) = parked.waiting()
    assert (kept.envelope, kept.reason, kept.attempts, kept.since) == (event(1), "ValueError: no", 1, NOON)


def test_a_message_that_fails_again_is_kept_once_with_the_newest_reason(parked: Parked) -> None:
    parked.park(event(1), "ValueError: no", NOON)
    parked.ask_retry("content", UUID(int=1))
    parked.park(event(1), "KeyError: title", LATER)

    (kept,) = parked.waiting()
    assert (kept.reason, kept.attempts, kept.since, kept.asked) == ("KeyError: title", 2, NOON, False)


def test_a_message_that_waits_does_not_hide_why_it_once_failed(parked: Parked) -> None:
    parked.park(event(1), "ValueError: no", NOON)
    parked.hold(event(1), LATER)
    parked.hold(event(2), LATER)

    assert [(kept.reason, kept.attempts) for kept in parked.waiting()] == [("ValueError: no", 1), (BEHIND, 0)]


def test_of_a_very_long_reason_the_beginning_is_kept(parked: Parked) -> None:
    parked.park(event(1), "x" * 17_000_000, NOON)
    parked.set_aside("content", b"a", "", "x" * 17_000_000, NOON)

    assert [kept.reason for kept in parked.waiting()] == ["x" * REASON_KEPT]
    assert [kept.reason for kept in parked.unreadable()] == ["x" * REASON_KEPT]


def test_a_reason_with_half_a_character_in_it_is_kept_without_it(parked: Parked) -> None:
    parked.park(event(1), "ValueError: bad \ud800.", NOON)

    (kept,) = parked.waiting()
    assert kept.reason == "ValueError: bad ?."


def test_messages_wait_in_order_and_apart_for_each_service(parked: Parked) -> None:
    for position in (10, 9, 100):
        parked.park(event(position, subject=position), "no", NOON)
    parked.park(event(1, service="board"), "no", NOON)

    assert [kept.envelope.id for kept in parked.waiting()] == ["board/1", "content/9", "content/10", "content/100"]
    assert parked.subjects("content") == {UUID(int=9), UUID(int=10), UUID(int=100)}
    assert parked.subjects("audit") == frozenset()


def test_a_retry_is_asked_for_an_aggregate_and_only_where_something_waits(parked: Parked) -> None:
    parked.park(event(1, subject=7), "no", NOON)
    parked.park(event(2, subject=8), "no", NOON)

    assert parked.ask_retry("content", UUID(int=7))
    assert not parked.ask_retry("content", UUID(int=9))
    assert parked.asked("content") == {UUID(int=7)}


def test_a_retry_that_fails_answers_for_everything_that_waits_of_the_aggregate(parked: Parked) -> None:
    parked.park(event(1, subject=7), "no", NOON)
    parked.hold(event(2, subject=7), NOON)
    parked.hold(event(3, subject=7), NOON)
    parked.park(event(4, subject=8), "no", NOON)
    parked.park(event(5, subject=7, service="board"), "no", NOON)
    for service, subject in (("content", 7), ("content", 8), ("board", 7)):
        parked.ask_retry(service, UUID(int=subject))

    parked.park(event(1, subject=7), "still no", LATER)

    assert (parked.asked("content"), parked.asked("board")) == ({UUID(int=8)}, {UUID(int=7)})
    assert [kept.asked for kept in parked.waiting("content")] == [False, False, False, True]


def test_an_answer_that_was_cut_off_is_given_by_one_more_attempt(
    parked: Parked, store_database: Database[dict[str, Any]]
) -> None:
    tried = []

    def fail(run: Sequence[Envelope]) -> None:
        tried.append([each.position for each in run])
        raise ValueError("no")

    inbox = Inbox("content", Positions(store_database), parked, lambda _after, _limit: [], fail, pause=lambda _: None)
    inbox.receive([event(1), event(2), event(3)])
    parked.ask_retry("content", UUID(int=1))
    store_database["parked"].update_one({"_id": "content/1"}, {"$set": {"asked": False}})  # noted, and then killed
    tried.clear()

    for _ in range(3):
        inbox.retry_asked()

    assert tried == [[1]]


def test_what_waits_behind_nothing_is_to_be_tried_though_nobody_asked(parked: Parked) -> None:
    parked.park(event(1, subject=7), "no", NOON)
    parked.hold(event(3, subject=7), NOON)
    parked.park(event(2, subject=8), "no", NOON)
    parked.hold(event(2, subject=8, service="board"), NOON)
    assert parked.asked("content") == frozenset()

    parked.give_up("content/1", by=STAFF, because="told twice by mistake", at=LATER)
    parked.hold(event(4, subject=7), LATER)
    parked.release("content/3")

    assert parked.asked("content") == {UUID(int=7)}


def test_what_has_been_taken_in_is_forgotten(parked: Parked) -> None:
    parked.park(event(1), "no", NOON)
    parked.release(event(1).id)

    assert parked.waiting() == []


def test_bytes_that_are_no_event_are_kept_once_with_where_they_came_from(parked: Parked) -> None:
    for at in (NOON, LATER):
        parked.set_aside("content", b"\xff no event", "content.pages content.page", "no JSON", at)

    (kept,) = parked.unreadable("content")
    assert (kept.upstream, kept.origin, kept.body) == ("content", "content.pages content.page", b"\xff no event")
    assert (kept.reason, kept.times, kept.since, kept.size) == ("no JSON", 2, NOON, 10)
    assert parked.unreadable("board") == []
    assert parked.waiting() == []
    assert parked.subjects("content") == frozenset()


def test_of_very_long_bytes_the_beginning_is_kept(parked: Parked) -> None:
    parked.set_aside("content", b"x" * (BYTES_KEPT + 1), "", "no JSON", NOON)

    (kept,) = parked.unreadable()
    assert (kept.body, kept.size) == (b"x" * BYTES_KEPT, BYTES_KEPT + 1)


def test_so_many_unreadable_messages_are_kept_and_no_more(parked: Parked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "UNREADABLE_KEPT", 2)
    for body in (b"a", b"b", b"c", b"a"):
        parked.set_aside("content", body, "", "no JSON", NOON)
    parked.set_aside("board", b"c", "", "no JSON", NOON)

    assert [(kept.body, kept.times) for kept in parked.unreadable("content")] == [(b"a", 2), (b"b", 1)]
    assert len(parked.unreadable()) == 3


def test_reading_again_is_asked_for_bytes_and_answered_by_the_next_failure(parked: Parked) -> None:
    parked.set_aside("content", b"a", "", "no JSON", NOON)
    (kept,) = parked.unreadable()

    assert parked.ask_reading(kept.id)
    assert not parked.ask_reading("content/bytes/none")
    assert parked.unreadable()[0].asked
    assert [each.id for each in parked.unreadable("content", asked=True)] == [kept.id]
    assert parked.unreadable("content", asked=False) == []
    parked.still_unreadable(kept.id, "still no JSON")

    (again,) = parked.unreadable()
    assert (again.asked, again.times, again.reason, again.body) == (False, 2, "still no JSON", b"a")


def test_bytes_that_were_released_meanwhile_are_not_kept_again_as_still_unreadable(parked: Parked) -> None:
    parked.set_aside("content", b"a", "", "no JSON", NOON)
    (kept,) = parked.unreadable()
    parked.release(kept.id)

    parked.still_unreadable(kept.id, "still no JSON")

    assert parked.waiting() == []
    assert parked.unreadable() == []


def test_what_is_given_up_waits_no_more_stays_on_record_and_what_was_behind_it_is_tried(parked: Parked) -> None:
    parked.park(event(1, subject=7), "ValueError: no", NOON)
    parked.hold(event(2, subject=7), NOON)

    assert not parked.give_up("content/2", by=STAFF, because="behind the other", at=LATER)
    assert parked.give_up("content/1", by=STAFF, because="told twice by mistake", at=LATER)
    assert not parked.give_up("content/1", by=STAFF, because="once more", at=LATER)

    assert [kept.id for kept in parked.waiting()] == ["content/2"]
    assert parked.asked("content") == {UUID(int=7)}
    assert parked.standing("content") == Standing(frozenset({UUID(int=7)}), frozenset({1}))
    (decided,) = parked.given_up()
    assert (decided.id, decided.topic, decided.reason) == ("content/1", "content.article.cleared", "ValueError: no")
    assert (decided.subject, decided.since) == (UUID(int=7), NOON)
    assert (decided.by, decided.because, decided.at) == (STAFF, "told twice by mistake", LATER)


def test_unreadable_bytes_can_be_given_up_as_well(parked: Parked) -> None:
    parked.set_aside("content", b"a", "", "no JSON", NOON)
    (kept,) = parked.unreadable()

    assert parked.give_up(kept.id, by=STAFF, because="a typing error", at=LATER)

    assert parked.unreadable() == []
    assert [(each.id, each.topic, each.subject) for each in parked.given_up("content")] == [(kept.id, "", None)]
    assert parked.standing("content").given_up == frozenset()
