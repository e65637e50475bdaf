"""The relay dies in the two moments that count: nothing is lost, nothing is taken in twice, and it resumes by itself."""

import pytest

from infra.messaging.relay import WINDOW
from tests.builders.dying_relay import CONFIRMED, PUBLISHED
from tests.builders.waiting import until
from tests.builders.wired import Wired

pytestmark = [pytest.mark.servers, pytest.mark.faults]

PAGES = 4


@pytest.mark.parametrize("moment", [PUBLISHED, CONFIRMED])
def test_a_relay_that_dies_before_its_checkpoint_tells_everything_and_nothing_takes_effect_twice(
    wired: Wired, moment: str
) -> None:
    for process in (wired.start_demo(), wired.start_ear()):
        process.await_line("process_ready")
    wired.notices.post_many(1, PAGES * WINDOW)
    for page in (1, 2):
        dying = wired.start_dying_relay(moment, page)
        until(lambda dying=dying: dying.process.poll() is not None, 30)  # type: ignore[misc]
        assert dying.process.returncode == -9

    wired.start_relay()

    wired.await_position(PAGES * WINDOW)
    assert wired.heard_once(PAGES * WINDOW)
    assert wired.store["parked"].count_documents({}) == 0
