"""The terminal shows what a person can read; the files keep every field."""

import json
import os
from io import StringIO
from pathlib import Path

from infra.local.console import Console


def test_a_line_is_shown_with_the_name_of_the_process_and_kept_with_all_its_fields(tmp_path: Path) -> None:
    shown = StringIO()
    console = Console(tmp_path, shown)
    fields = {"process": "press", "event": "baked", "items": 3, "level": "info", "timestamp": "2026-11-21T17:00:00Z"}

    assert console.line("press", json.dumps(fields)) == fields

    console.close()
    assert shown.getvalue().split(" ", 1)[1] == "press             | baked items=3\n"
    assert json.loads(console.file("press").read_text(encoding="utf-8")) == fields


def test_what_a_library_prints_by_itself_is_an_event_without_fields(tmp_path: Path) -> None:
    shown = StringIO()
    console = Console(tmp_path, shown)

    for line in ("no JSON at all", '"a bare word"'):
        assert console.line("bus board", line) == {"event": line}

    console.close()
    assert console.file("bus board").name == "bus-board.jsonl"


def test_a_trace_is_shown_whole_below_its_event(tmp_path: Path) -> None:
    shown = StringIO()
    console = Console(tmp_path, shown)

    console.line("press", json.dumps({"event": "baking_failed", "level": "error", "exception": "Traceback\n  boom"}))

    console.close()
    assert shown.getvalue().endswith("baking_failed\nTraceback\n  boom\n")


def test_a_line_of_a_server_is_kept_and_not_shown(tmp_path: Path) -> None:
    shown = StringIO()
    console = Console(tmp_path, shown)

    console.keep("mongod", '{"msg": "Waiting for connections"}')

    console.close()
    assert shown.getvalue() == ""
    assert "Waiting" in console.file("mongod").read_text(encoding="utf-8")


def test_a_closed_terminal_does_not_end_the_runner(tmp_path: Path) -> None:
    reads, writes = os.pipe()
    os.close(reads)
    console = Console(tmp_path, os.fdopen(writes, "w", buffering=1, closefd=False))

    console.line("press", '{"event": "baked"}')

    console.close()
    os.close(writes)
    assert "baked" in console.file("press").read_text(encoding="utf-8")
