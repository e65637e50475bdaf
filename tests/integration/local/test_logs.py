"""Every line that a process prints is one JSON object, whoever wrote it."""

import json
import subprocess
import sys
from typing import Any

TELLING = """
import logging
from structlog.contextvars import bind_contextvars
from infra import logs

logs.configure("press")
bind_contextvars(correlation="7f3c")
logs.get_logger().info("baked", title="Quốc lộ 14")
logging.getLogger("some.other.code").warning("odd: %s", 3)
logging.getLogger("uvicorn.access").info("GET / from 203.0.113.7")
password = "a " + "secret"
try:
    raise ValueError("no such sheet")
except ValueError:
    logs.get_logger().exception("baking_failed")
"""


def told(log_format: str) -> str:
    environment = {"LOG_FORMAT": log_format, "PYTHONPATH": ".", "PYTHONWARNINGS": "error"}
    command = [sys.executable, "-c", TELLING]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


def test_every_line_is_json_with_process_time_level_and_correlation() -> None:
    lines: list[dict[str, Any]] = [json.loads(line) for line in told("json").splitlines()]

    assert [line["event"] for line in lines] == ["baked", "odd: 3", "baking_failed"]
    assert {(line["process"], line["correlation"]) for line in lines} == {("press", "7f3c")}
    assert [line["level"] for line in lines] == ["info", "warning", "error"]
    assert all("timestamp" in line for line in lines)
    assert lines[0]["title"] == "Quốc lộ 14"


def test_a_trace_is_one_field_of_its_line() -> None:
    failed = json.loads(told("json").splitlines()[-1])

    assert failed["exception"].startswith("Traceback")
    assert failed["exception"].endswith("ValueError: no such sheet")


def test_the_lines_for_reading_tell_the_same() -> None:
    text = told("console")

    for words in ("baked", "odd: 3", "baking_failed", "ValueError: no such sheet"):
        assert words in text
    assert "a secret" not in text
