"""From one service's log to another service's rows: through relay, queue, inbox and reaction, on real servers."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pika
import pytest

from infra.messaging.envelope import Envelope
from infra.messaging.parked import Parked
from tests.builders.notices import NOON
from tests.builders.province import Province
from tests.builders.waiting import until
from tests.builders.wired import Wired

pytestmark = pytest.mark.servers


@pytest.fixture
def wired(province: Province, tmp_path: Path) -> Iterator[Wired]:
    made = Wired(province, tmp_path)
    yield made
    made.close()


def an_event_of(service: str) -> Envelope:
    return Envelope(service, 1, f"{service}.notice.posted", UUID(int=1), 1, NOON, {"timestamp": NOON.isoformat()})


def everything(count: int) -> list[int]:
    return list(range(1, count + 1))


def test_a_reader_hears_each_event_once_and_in_order(wired: Wired) -> None:
    wired.start_all()
    wired.notices.post_many(1, 300)
    wired.notices.amend(7, "Đính chính")
    wired.await_position(301)

    assert wired.heard == everything(301)
    assert wired.store["heard"].count_documents({"times": {"$ne": 1}}) == 0
    assert [process.stop() for process in wired.running] == [0, 0, 0]


def test_a_reader_that_comes_late_finds_what_was_told_before_it_subscribed(wired: Wired) -> None:
    wired.notices.post_many(1, 450)
    wired.start_relay().await_line("nobody_subscribed")
    wired.start_demo()
    wired.start_ear()

    wired.await_position(450)
    assert wired.heard == everything(450)


def test_when_the_broker_loses_everything_nothing_is_lost_in_the_end(wired: Wired) -> None:
    wired.start_all()
    wired.notices.post_many(1, 10)
    wired.await_position(10)

    wired.province.lose_broker()
    wired.notices.post_many(11, 10)
    wired.province.found_broker()
    wired.notices.post_many(21, 10)

    wired.await_position(30)
    assert wired.heard == everything(30)


def test_a_tail_that_the_broker_lost_is_found_though_nothing_follows(wired: Wired) -> None:
    wired.start_all()
    wired.notices.post_many(1, 10)
    wired.await_position(10)
    assert wired.running[-1].stop() == 0
    wired.notices.post_many(11, 5)
    with pika.BlockingConnection(pika.URLParameters(wired.ear_amqp)) as connection:
        channel = connection.channel()
        until(lambda: channel.queue_declare("ear.from.demo", passive=True).method.message_count == 1)
        channel.queue_purge("ear.from.demo")

    wired.start_ear()

    wired.await_position(15)
    assert wired.heard == everything(15)


def test_repeated_and_swapped_messages_have_no_effect(wired: Wired) -> None:
    wired.start_all()
    wired.notices.post_many(1, 20)
    wired.await_position(20)
    with pika.BlockingConnection(pika.URLParameters(wired.province.administrator_url)) as connection:
        channel = connection.channel()
        for position in (3, 1, 20, 7, 7):
            channel.basic_publish("", "ear.from.demo", wired.told(position))
    wired.notices.post(21, "Thông báo")
    wired.await_position(21)

    assert wired.heard == everything(21)
    assert wired.store["heard"].count_documents({"times": {"$ne": 1}}) == 0


def test_what_is_no_event_goes_to_the_dead_letters_and_the_rest_goes_on(wired: Wired) -> None:
    wired.start_all()
    with pika.BlockingConnection(pika.URLParameters(wired.province.administrator_url)) as connection:
        channel = connection.channel()
        channel.basic_publish("", "ear.from.demo", b"\xff no event")
        channel.basic_publish("", "ear.from.demo", an_event_of("other").to_json("p"))
        wired.notices.post(1, "Thông báo")
        wired.await_position(1)

        until(lambda: channel.queue_declare("ear.from.demo.dead", passive=True).method.message_count == 2)
        assert channel.basic_get("ear.from.demo.dead")[2] == b"\xff no event"


def test_a_message_that_fails_is_parked_others_go_on_and_a_retry_takes_it_in(wired: Wired) -> None:
    wired.start_all()
    wired.notices.post(1, "Thông báo")
    wired.notices.post(2, "poison")
    wired.notices.amend(2, "Đính chính")
    wired.notices.post(3, "Thông báo")
    wired.await_position(4)
    parked = Parked(wired.store["parked"])

    assert wired.heard == [1, 4]
    assert [(m.envelope.position, m.reason) for m in parked.waiting()] == [
        (2, "ValueError: poison"),
        (3, "behind_a_parked_message"),
    ]
    wired.store["cured"].insert_one({})
    assert parked.ask_retry("demo", parked.waiting()[0].envelope.subject)
    until(lambda: wired.heard == [1, 2, 3, 4])
    until(lambda: parked.waiting() == [])


def test_two_readers_of_the_same_queue_share_the_work_without_harm(wired: Wired) -> None:
    wired.start_all()
    wired.start_ear().await_line("listening")
    wired.notices.post_many(1, 50)
    wired.await_position(50)
    wired.running[2].kill()
    wired.notices.post_many(51, 50)
    wired.await_position(100)

    assert wired.heard == everything(100)
