"""The event store works under eventlet's monkey-patching, because the bus door runs so."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pymongo.collection import Collection

from infra.local.mongod import Mongod

pytestmark = pytest.mark.servers

ROOT = Path(__file__).parents[3]


def test_green_threads_save_read_wait_and_may_be_killed(mongod: Mongod, events: Collection[dict[str, Any]]) -> None:
    script = Path(__file__).with_name("green_process.py")

    finished = subprocess.run(
        [sys.executable, "-W", "ignore", str(script), mongod.url, events.database.name],
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        timeout=90,
        check=False,
    )

    assert finished.returncode == 0, finished.stderr.decode()
    assert json.loads(finished.stdout) == {
        "acknowledged": 200,
        "acknowledged_beside_killed": 150,
        "race": "refused",
        "application": ["hai", 2],
        "woken": True,
        "breaks": 0,
    }
