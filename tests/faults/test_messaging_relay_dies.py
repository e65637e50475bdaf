"""The relay dies in the two moments that count: nothing is lost, nothing is taken in twice, and it resumes by itself."""

from itertools import pairwise

import pika
import pytest

from infra.messaging.reading import read
from infra.messaging.relay import PAGES, SINGLY, WINDOW
from tests.builders.dying_relay import CONFIRMED, PUBLISHED
from tests.builders.waiting import until
from tests.builders.wired import Wired

pytestmark = [pytest.mark.servers, pytest.mark.faults]

WINDOWS = 3
COUNT = WINDOWS * WINDOW


def die_twice(wired: Wired, lane: str, moment: str) -> None:
    for window in (1, 2):
        dying = wired.start_dying_relay(lane, moment, window)
        until(lambda dying=dying: dying.process.poll() is not None, 30)  # type: ignore[misc]
        assert dying.process.returncode == -9


@pytest.mark.parametrize("moment", [PUBLISHED, CONFIRMED])
def test_a_relay_that_dies_before_its_checkpoint_tells_everything_and_nothing_takes_effect_twice(
    wired: Wired, moment: str
) -> None:
    for process in (wired.start_demo(), wired.start_ear()):
        process.await_line("process_ready")
    wired.notices.post_many(1, COUNT)
    die_twice(wired, PAGES, moment)

    wired.start_relay()

    wired.await_position(COUNT)
    assert wired.heard_once(COUNT)
    assert wired.store["parked"].count_documents({}) == 0


@pytest.mark.parametrize("moment", [PUBLISHED, CONFIRMED])
def test_who_subscribes_by_topic_hears_every_event_at_least_once_and_none_before_those_before_it(
    wired: Wired, moment: str
) -> None:
    relay = wired.start_relay()
    relay.await_line("broker_connected", count=2)
    assert relay.stop() == 0
    with pika.BlockingConnection(pika.URLParameters(wired.province.administrator_url)) as connection:
        channel = connection.channel()
        channel.queue_declare("outsider")
        channel.queue_bind("outsider", "demo.events", "demo.notice.*")
        wired.notices.post_many(1, COUNT)
        die_twice(wired, SINGLY, moment)
        wired.start_relay()

        heard: list[int] = []
        while not heard or heard[-1] < COUNT:
            _, _, body = channel.basic_get("outsider", auto_ack=True)
            heard += [envelope.position for envelope in read(body, "demo").envelopes] if body else []

    assert set(heard) == set(range(1, COUNT + 1))
    assert all(later <= earlier + 1 for earlier, later in pairwise([0, *heard]))
