"""Whatever happens to messages between exchange and queue, the reader's rows are those of a full rebuild, to the byte."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from random import Random
from uuid import UUID

import pika
import pytest
from eventsourcing.persistence import StoredEvent
from pika.adapters.blocking_connection import BlockingChannel

from infra.event_store import EVENTS, LogReader
from infra.event_store.recorder import LogRecorder
from infra.kernel.canonical import canonical_json
from infra.messaging.parked import Parked
from infra.messaging.telling import Telling
from tests.builders.waiting import until
from tests.builders.wired import Wired

pytestmark = [pytest.mark.servers, pytest.mark.faults]

COUNT = 600
SEED = 2026

Messages = list[bytes]


@contextmanager
def tap(wired: Wired) -> Iterator[BlockingChannel]:
    """A way to put anything into the reader's queue."""
    with pika.BlockingConnection(pika.URLParameters(wired.province.administrator_url)) as connection:
        yield connection.channel()


def told_in_pages(wired: Wired, sizes: Sequence[int]) -> Messages:
    """Return the messages in which the relay would tell the log, in pages of these sizes."""
    settings = wired.province.service("demo")
    entries = LogReader(wired.client[settings.log_database][EVENTS]).page(0, 100_000)
    telling, pages, begin = Telling("demo", settings.profile), list[bytes](), 0
    for size in sizes:
        pages += [message.body for message in telling.pages(entries[begin : begin + size])]
        begin += size
    return pages


def each_twice(messages: Messages, _: Random) -> Messages:
    return [message for message in messages for _ in range(2)]


def reordered(messages: Messages, random: Random) -> Messages:
    return random.sample(messages, len(messages))


def a_range_dropped(messages: Messages, _: Random) -> Messages:
    third = len(messages) // 3
    return messages[:third] + messages[2 * third :]


def the_tail_dropped(messages: Messages, _: Random) -> Messages:
    return messages[: len(messages) // 2]


def everything_at_once(messages: Messages, random: Random) -> Messages:
    kept = [message for message in messages if random.random() > 0.3]
    return reordered(kept + random.choices(messages, k=len(messages)), random)


@pytest.mark.parametrize("happens", [each_twice, reordered, a_range_dropped, the_tail_dropped, everything_at_once])
def test_the_rows_are_those_of_a_full_rebuild(wired: Wired, happens: Callable[[Messages, Random], Messages]) -> None:
    random = Random(SEED)  # noqa: S311 - the same disorder in every run
    for process in (wired.start_demo(), wired.start_relay()):
        process.await_line("process_ready")
    wired.running[-1].await_line("broker_connected")
    assert wired.running[-1].stop() == 0  # from here on the test tells
    ear = wired.start_ear()
    ear.await_line("listening")
    wired.notices.post_many(1, COUNT)
    for number in range(1, 20):
        wired.notices.amend(number, "Đính chính")
    sizes = [random.choice((1, 1, 7, 40)) for _ in range(COUNT)]
    with tap(wired) as channel:
        for body in happens(told_in_pages(wired, sizes), random):
            channel.basic_publish("", "ear.from.demo", body)

    wired.await_position(COUNT + 19)
    rows = wired.rows
    wired.rebuild()
    wired.await_position(COUNT + 19)
    assert wired.rows == rows
    assert wired.heard_once(COUNT + 19)
    assert wired.store["parked"].count_documents({}) == 0


def test_what_cannot_be_read_is_parked_with_its_bytes_and_holds_up_nothing(wired: Wired) -> None:
    wired.start_all()
    wired.notices.post_many(1, 2)
    wired.await_position(2)
    with tap(wired) as channel:
        channel.basic_publish("demo.pages", "demo.page", b"\xff no event")
        channel.basic_publish("demo.pages", "demo.page", json.dumps([json.loads(wired.told(1)), {"a": 1}]).encode())
        wired.notices.post(3, "Thông báo")
        wired.await_position(3)
        parked = Parked(wired.store["parked"])
        until(lambda: len(parked.unreadable("demo")) == 2)
        until(lambda: channel.queue_declare("ear.from.demo.dead", passive=True).method.message_count == 1)

    bytes_, part = parked.unreadable("demo")
    assert (bytes_.body, bytes_.origin, bytes_.times) == (b"\xff no event", "demo.pages demo.page", 1)
    assert part.body == b'{"a":1}'
    assert parked.waiting() == []
    assert wired.heard_once(3)
    assert parked.give_up(part.id, by=UUID(int=1), because="a test", at=part.since)
    assert [kept.id for kept in parked.unreadable()] == [bytes_.id]


def post_second_version(wired: Wired, number: int) -> None:
    """Save what a newer program would: another version of a known event, with a field of which nobody has heard."""
    recorder = LogRecorder(wired.client[wired.province.service("demo").log_database][EVENTS])
    state = {
        "act": {"correlation": "c"},
        "class_version": 2,
        "clause": "QC2024 Đ10.4",
        "heading": "Mới",
        "originator_topic": "demo.notice",
        "text": "Thông báo",
        "timestamp": "2026-03-02T05:00:00.000000+00:00",
    }
    recorder.insert_events([StoredEvent(UUID(int=number), 1, "demo.notice.posted", canonical_json(state))])


def test_an_unknown_version_waits_for_a_newer_reader_while_others_go_on(wired: Wired) -> None:
    wired.start_all()
    wired.notices.post(1, "Thông báo")
    post_second_version(wired, 2)
    wired.notices.amend(1, "Đính chính")
    wired.await_position(3)

    assert wired.heard == [1, 3]
    (kept,) = Parked(wired.store["parked"]).waiting("demo")
    assert kept.reason == "UnknownVersion: demo.notice.posted in version 2; understood up to 1"
    assert kept.envelope.data["heading"] == "Mới"
    assert wired.running[-1].stop() == 0
    wired.start_new_ear()
    until(lambda: wired.heard == [1, 2, 3], 30)
    until(lambda: Parked(wired.store["parked"]).waiting() == [])


def test_a_message_that_always_fails_waits_without_a_loop_until_it_is_given_up(wired: Wired) -> None:
    wired.start_all()
    wired.notices.post(1, "poison")
    wired.notices.amend(1, "Đính chính")
    wired.notices.post(2, "Thông báo")
    wired.await_position(3)
    parked = Parked(wired.store["parked"])
    wired.running[-1].await_line("message_parked")
    wired.notices.post(3, "Thông báo")
    wired.await_position(4)

    (failed, behind) = parked.waiting("demo")
    assert (wired.heard, behind.attempts) == ([3, 4], 0)
    assert failed.attempts <= 2  # once when it came, once when everything is tried again after a start
    assert parked.ask_retry("demo", failed.envelope.subject)
    until(lambda: [m.attempts for m in parked.waiting("demo")] == [failed.attempts + 1, 0])
    until(lambda: not parked.asked("demo"))
    assert parked.give_up(failed.id, by=UUID(int=1), because="never meant to be told", at=failed.since)
    until(lambda: wired.heard == [2, 3, 4])
    until(lambda: parked.waiting() == [])
    wired.rebuild()
    wired.await_position(4)
    assert wired.heard == [2, 3, 4]
    assert [decided.id for decided in parked.given_up()] == ["demo/1"]
