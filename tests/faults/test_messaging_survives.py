"""Whatever is killed between one service's log and another's rows, nothing is lost and nothing happens twice."""

import pytest

from tests.builders.mortal_servers import MortalBroker, MortalMongod
from tests.builders.waiting import until
from tests.builders.wired import Wired

pytestmark = [pytest.mark.servers, pytest.mark.faults]

COUNT = 1_500
KILLS = 3


def test_a_relay_killed_again_and_again_loses_nothing(wired: Wired) -> None:
    wired.start_all()
    wired.running[0].kill()
    wired.notices.post_many(1, COUNT)
    for kill in range(KILLS):
        relay = wired.start_relay()
        until(lambda seen=kill * COUNT // 8: wired.position > seen)  # type: ignore[misc]
        relay.kill()
    wired.start_relay()

    wired.await_position(COUNT)
    assert wired.heard == list(range(1, COUNT + 1))


def test_a_reader_killed_again_and_again_loses_nothing(wired: Wired) -> None:
    wired.start_all()
    wired.running[2].kill()
    wired.notices.post_many(1, COUNT)
    for kill in range(KILLS):
        ear = wired.start_ear()
        until(lambda seen=kill * COUNT // 8: wired.position > seen)  # type: ignore[misc]
        ear.kill()
    wired.start_ear()

    wired.await_position(COUNT)
    assert wired.heard == list(range(1, COUNT + 1))


def test_processes_that_are_asked_to_end_under_load_finish_what_is_in_hand_and_go_on_later(wired: Wired) -> None:
    wired.start_all()
    wired.notices.post_many(1, COUNT)
    until(lambda: wired.position > 0)
    wired.notices.post_many(COUNT + 1, COUNT)
    ended = list(wired.running)
    for process in ended:
        process.process.terminate()

    assert [process.process.wait(15) for process in ended] == [0, 0, 0]
    assert all(process.lines("process_stopped") for process in ended)
    assert wired.heard == list(range(1, wired.position + 1))
    wired.start_all()
    wired.await_position(2 * COUNT)
    assert wired.heard_once(2 * COUNT)


@pytest.mark.parametrize("data_is_lost", [False, True])
def test_a_broker_killed_and_started_again_loses_nothing_in_the_end(
    broker: MortalBroker, wired_over_broker: Wired, *, data_is_lost: bool
) -> None:
    wired = wired_over_broker
    wired.start_all()
    wired.notices.post_many(1, COUNT)
    until(lambda: wired.position > 0)
    broker.await_registered(queues=2)
    wired.notices.post_many(COUNT + 1, COUNT)
    broker.kill()
    wired.notices.post(2 * COUNT + 1, "Thông báo")
    if data_is_lost:
        broker.delete_data()
    broker.start()
    wired.province.found_broker()
    wired.notices.post(2 * COUNT + 2, "Thông báo")

    wired.await_position(2 * COUNT + 2)
    assert wired.heard == list(range(1, 2 * COUNT + 3))
    assert all(process.process.poll() is None for process in wired.running)


def test_a_store_killed_and_started_again_loses_nothing_and_parks_nothing(
    mortal: MortalMongod, wired_over_mortal: Wired
) -> None:
    wired = wired_over_mortal
    wired.start_all()
    wired.notices.post_many(1, COUNT)
    until(lambda: wired.position > 0)
    mortal.kill()
    wired.running[0].await_line("store_unavailable")
    mortal.start()

    wired.await_position(COUNT)
    assert wired.heard == list(range(1, COUNT + 1))
    assert wired.store["parked"].count_documents({}) == 0
    assert all(process.process.poll() is None for process in wired.running)
