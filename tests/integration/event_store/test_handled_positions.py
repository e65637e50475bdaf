"""How far an upstream was handled only ever grows, also when several begin at once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from eventsourcing.persistence import IntegrityError, Tracking
from pymongo.database import Database

from infra.event_store.tracking import PositionRecorder

pytestmark = pytest.mark.servers

RACES = 60


def test_of_two_that_are_the_first_at_once_the_higher_position_is_never_said_to_be_handled(
    log: Database[dict[str, Any]],
) -> None:
    recorder = PositionRecorder(log["positions"])

    def handled(tracking: Tracking) -> bool:
        try:
            recorder.insert_tracking(tracking)
        except IntegrityError:
            return False
        return True

    with ThreadPoolExecutor(2) as threads:
        for number in range(RACES):
            lower, higher = (Tracking(f"upstream {number}", position) for position in (1, 2))
            _, is_recorded = threads.map(handled, (lower, higher))
            assert is_recorded
            assert recorder.max_tracking_id(higher.application_name) == 2
    assert not handled(Tracking("upstream 0", 2))
