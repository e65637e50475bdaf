"""A quorum queue that the broker has forgotten to give a leader is found by its reader, and made anew without hands."""

import pytest

from tests.builders.mortal_servers import MortalBroker
from tests.builders.waiting import until
from tests.builders.wired import Wired

pytestmark = [pytest.mark.servers, pytest.mark.faults, pytest.mark.long, pytest.mark.timeout(300)]


def test_a_broker_killed_right_after_a_queue_was_made_is_healed_by_the_queues_reader(
    broker: MortalBroker, wired_over_broker: Wired
) -> None:
    wired = wired_over_broker
    wired.start_all()
    broker.kill()  # within three seconds of the queue's making: RabbitMQ 3.10 has not yet written who is its member
    wired.notices.post_many(1, 300)
    broker.start()

    until(lambda: wired.position == 300, 120)
    wired.notices.post_many(301, 300)
    until(lambda: wired.position == 600, 120)
    assert wired.heard_once(600)
    assert all(process.process.poll() is None for process in wired.running)
    wired.running[-1].await_line("silent_queue_deleted", timeout_s=60)
