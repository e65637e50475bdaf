"""Real processes of the system, run by tests and observed through what they log."""

import json
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from tests.builders.waiting import until

STOP_TIMEOUT_S = 15


class Running:
    """A Python process started as `python -m …`; ends with the `with` block."""

    def __init__(self, *arguments: str, environment: Mapping[str, str], output: Path) -> None:
        self.output = output
        with output.open("ab") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *arguments], env=dict(environment), stdout=file, stderr=subprocess.STDOUT
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def lines(self, event: str) -> list[dict[str, Any]]:
        """Return what the process has logged under a name."""
        lines = self.output.read_text(encoding="utf-8").splitlines()
        records = (json.loads(line) for line in lines if line.startswith("{") and line.endswith("}"))
        return [record for record in records if record.get("event") == event]

    def await_line(self, event: str, count: int = 1, timeout_s: float = 20) -> list[dict[str, Any]]:
        """Wait until the process has logged something under a name."""
        until(lambda: len(self.lines(event)) >= count or self.process.poll() is not None, timeout_s)
        found = self.lines(event)
        assert len(found) >= count, self.output.read_text(encoding="utf-8")[-4000:]
        return found

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """Ask the process to finish and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_TIMEOUT_S)
