"""Parked messages are kept in MongoDB once, in order, with their reason, until they are taken in."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from pymongo.database import Database

from infra.messaging.envelope import Envelope
from infra.messaging.parked import BEHIND, Parked

pytestmark = pytest.mark.servers

NOON = datetime(2026, 3, 2, 5, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)


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


def test_what_has_been_taken_in_is_forgotten(parked: Parked) -> None:
    parked.park(event(1), "no", NOON)
    parked.release(event(1))

    assert parked.waiting() == []
