"""What cannot be taken in waits with its reason, in order, and holds up nothing but its own aggregate."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymongo.errors import AutoReconnect, BulkWriteError, OperationFailure
from structlog.testing import capture_logs

from infra.event_store.errors import StoreUnavailable
from infra.messaging.envelope import Envelope
from infra.messaging.errors import RpcUnavailable
from infra.messaging.inbox import ATTEMPTS
from infra.messaging.parked import BEHIND
from infra.messaging.reading import Unreadable
from infra.messaging.versions import EVERY_VERSION, Versions
from tests.builders.reader import Reader, article, event


@pytest.fixture(autouse=True, scope="module")
def without_printing_what_is_parked() -> Iterator[None]:
    with capture_logs():
        yield


def test_a_message_that_fails_is_parked_with_its_reason_and_the_others_go_on() -> None:
    reader = Reader(refuses=lambda each: ValueError("no title") if each.position == 3 else None)

    reader.inbox.receive([event(n, subject=n) for n in range(1, 6)])

    assert reader.places == [1, 2, 4, 5]
    (parked,) = reader.parked.waiting("content")
    assert (parked.envelope.position, parked.reason, parked.attempts) == (3, "ValueError: no title", 1)
    assert reader.positions.get("from.content") == 5


class SpeechlessError(Exception):
    def __str__(self) -> str:
        raise TypeError


def test_a_failure_that_cannot_say_what_it_is_is_parked_by_its_name() -> None:
    reader = Reader(refuses=lambda _each: SpeechlessError())

    reader.inbox.receive([event(1)])

    assert [kept.reason for kept in reader.parked.waiting("content")] == ["SpeechlessError"]


def test_a_message_is_tried_a_few_times_before_it_is_parked() -> None:
    tries: list[int] = []

    def fails_all_but_the_last_time(each: Envelope) -> Exception | None:
        tries.append(each.position)
        return ValueError("changed meanwhile") if len(tries) < ATTEMPTS else None

    reader = Reader(refuses=fails_all_but_the_last_time)

    reader.inbox.receive([event(1)])

    assert reader.places == [1]
    assert reader.parked.messages == {}


def test_what_follows_a_parked_message_on_the_same_aggregate_waits_behind_it() -> None:
    reader = Reader(refuses=lambda each: ValueError("no") if each.position == 2 else None)

    reader.inbox.receive([event(1, 7), event(2, 7), event(3, 8), event(4, 7)])
    reader.inbox.receive([event(5, 7), event(6, 8)])

    assert reader.places == [1, 3, 6]
    assert [(m.envelope.position, m.reason) for m in reader.parked.waiting("content")] == [
        (2, "ValueError: no"),
        (4, BEHIND),
        (5, BEHIND),
    ]


def test_what_is_parked_is_tried_again_in_order_when_somebody_asks() -> None:
    reader = Reader(refuses=lambda each: ValueError("no") if each.position == 1 else None)
    reader.inbox.receive([event(1, 7), event(2, 7), event(3, 8)])
    reader.refuses = lambda _each: None

    reader.inbox.retry_asked()
    assert reader.places == [3]
    reader.parked.ask_retry(article(7))
    reader.inbox.retry_asked()

    assert reader.places == [3, 1, 2]
    assert reader.parked.messages == {}


def test_a_retry_that_fails_keeps_everything_in_its_place() -> None:
    reader = Reader(refuses=lambda each: ValueError("no") if each.position == 1 else None)
    reader.inbox.receive([event(1, 7), event(2, 7)])

    reader.inbox.retry_all()

    assert reader.places == []
    assert [(m.envelope.position, m.attempts) for m in reader.parked.waiting("content")] == [(1, 2), (2, 0)]


def of_many(*codes: int) -> BulkWriteError:
    return BulkWriteError({"writeErrors": [{"code": code} for code in codes], "writeConcernErrors": [{"code": 64}]})


@pytest.mark.parametrize(
    "outage",
    [
        StoreUnavailable("away"),
        RpcUnavailable("away"),
        AutoReconnect("stepped down"),
        *(OperationFailure("not now", code) for code in (134, 211, 262, 11600, 11602, 14031)),
        of_many(),
        of_many(14031, 14031),
    ],
)
def test_an_outage_parks_nothing_and_passes_nothing_over(outage: Exception) -> None:
    reader = Reader(refuses=lambda each: outage if each.position == 2 else None)

    with pytest.raises(type(outage)):
        reader.inbox.receive([event(1), event(2), event(3)])

    assert reader.parked.messages == {}
    assert reader.positions.get("from.content") == 0
    reader.refuses = lambda _each: None
    reader.inbox.receive([event(1), event(2), event(3)])
    assert reader.places == [1, 2, 3]


@pytest.mark.parametrize("fault", [OperationFailure("no such field", 9), of_many(11000), of_many(14031, 11000)])
def test_what_the_store_will_never_take_is_the_fault_of_the_message(fault: Exception) -> None:
    reader = Reader(refuses=lambda _each: fault)

    reader.inbox.receive([event(1)])

    assert list(reader.parked.messages) == ["content/1"]


def test_what_was_given_up_is_passed_over_and_what_follows_it_on_the_same_aggregate_is_taken_in() -> None:
    reader = Reader(refuses=lambda each: ValueError("no") if each.position == 2 else None)
    reader.parked.given_up = {2}

    reader.inbox.receive([event(1, 7), event(2, 7), event(3, 7)])

    assert reader.places == [1, 3]
    assert reader.positions.get("from.content") == 3
    assert reader.parked.messages == {}


def test_what_came_to_wait_behind_a_message_while_it_was_given_up_is_tried() -> None:
    reader = Reader(refuses=lambda each: ValueError("no") if each.position == 1 else None)

    def staff_decide_while_the_second_is_taken_in(each: Envelope) -> Exception | None:
        if each.position == 2 and "content/1" in reader.parked.messages:
            reader.parked.give_up(1)
        return ValueError("no") if each.position == 1 else None

    reader.refuses = staff_decide_while_the_second_is_taken_in
    reader.inbox.receive([event(1, 7), event(2, 8), event(3, 9), event(4, 7)])
    assert [(kept.envelope.position, kept.reason) for kept in reader.parked.waiting("content")] == [(4, BEHIND)]

    reader.inbox.retry_asked()
    reader.inbox.receive([event(5, 7)])

    assert reader.places == [2, 3, 4, 5]
    assert reader.parked.messages == {}


def in_version(schema: int) -> Envelope:
    return replace(event(1), data={"class_version": schema, "of a later day": True})


@pytest.mark.parametrize(
    ("understood", "schema"),
    [(Versions(), 1), (Versions({"content.article.cleared": 2}), 2), (EVERY_VERSION, 7)],
)
def test_an_event_of_a_known_version_is_taken_in(understood: Versions, schema: int) -> None:
    reader = Reader(versions=understood)

    reader.inbox.receive([in_version(schema)])

    assert reader.places == [1]


@pytest.mark.parametrize(
    ("understood", "schema"),
    [(Versions(), 2), (Versions({"content.article.cleared": 2}), 3), (Versions({"content.article.sent": 2}), 2)],
)
def test_an_event_of_an_unknown_version_waits_for_a_newer_reader_and_others_go_on(
    understood: Versions, schema: int
) -> None:
    reader = Reader(versions=understood)

    reader.inbox.receive([in_version(schema), event(2, subject=2)])

    assert reader.places == [2]
    (parked,) = reader.parked.waiting("content")
    assert parked.reason.startswith(f"UnknownVersion: content.article.cleared in version {schema}; understood up to ")
    reader.versions = Versions({"content.article.cleared": schema})
    reader.inbox.retry_all()
    assert reader.places == [2, 1]


def test_bytes_that_are_no_event_are_kept_until_they_can_be_read() -> None:
    reader = Reader()
    reader.inbox.set_aside(Unreadable(b"\xff", "no JSON"), "content.pages content.page")
    reader.inbox.set_aside(Unreadable(event(1).to_json("p"), "an old reader"), "content.pages content.page")

    reader.inbox.retry_asked()
    assert [kept.times for kept in reader.parked.unreadable("content")] == [1, 1]
    reader.inbox.retry_all()

    (still,) = reader.parked.unreadable("content")
    assert (still.body, still.times, still.origin) == (b"\xff", 2, "content.pages content.page")
    assert reader.places == []


@given(st.integers(1, 30), st.sets(st.integers(1, 30)), st.data())
def test_each_aggregate_keeps_its_order_whatever_fails(length: int, failing: set[int], data: st.DataObject) -> None:
    log = [event(n, subject=n % 4) for n in range(1, length + 1)]
    reader = Reader(log=log, refuses=lambda each: ValueError("no") if each.position in failing else None)

    for batch in data.draw(st.lists(st.lists(st.sampled_from(log), max_size=10), max_size=8)):
        reader.inbox.receive(batch)
    while reader.inbox.catch_up():
        pass
    reader.refuses = lambda _each: None
    reader.inbox.retry_all()

    assert sorted(reader.places) == [each.position for each in log]
    for number in range(4):
        history = [each.position for each in reader.taken if each.subject == article(number)]
        assert history == sorted(history)
