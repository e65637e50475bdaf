"""The press ends in time when it is told to, whatever it has in hand."""

from pathlib import Path

import pytest

from gateway.press import __main__ as press
from tests.builders.portal import PublicSide
from tests.builders.processes import STOP_TIMEOUT_S, Running
from tests.builders.province import Province

pytestmark = pytest.mark.servers


def test_a_press_whose_work_does_not_end_ends_all_the_same(province: Province, tmp_path: Path) -> None:
    environment = PublicSide(province, tmp_path).environment
    with Running("tests.builders.stuck_press", environment=environment, output=tmp_path / "press.log") as stuck:
        stuck.await_line("has_in_hand")

        assert stuck.stop() == 0
        assert stuck.lines("process_ended_in_hand")
    assert press.STOP_TIMEOUT_S < STOP_TIMEOUT_S
