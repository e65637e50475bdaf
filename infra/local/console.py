"""One readable log on the terminal, from the JSON lines of all processes; the lines themselves go to files."""

import contextlib
import json
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

_COLOURS = (36, 32, 33, 35, 34, 96, 92, 93, 95, 94)
_LEVEL_COLOURS = {"warning": 33, "error": 31, "critical": 31}
_BOLD = 1
_NAME_WIDTH = 18
_SHOWN_ELSEWHERE = frozenset({"process", "event", "level", "logger", "timestamp", "exception"})
_LOG_BYTES_MAX = 20_000_000


class Console:
    """Writes what happens to the terminal, and every line of a process to that process's file."""

    def __init__(self, folder: Path, out: IO[str] = sys.stdout) -> None:
        """Keep the files in a folder; colours are used on a terminal only."""
        self._folder = folder
        self._out = out
        self._files: dict[str, IO[str]] = {}
        self._colours: dict[str, int] = {}
        self._lock = threading.Lock()
        self._coloured = out.isatty()
        folder.mkdir(parents=True, exist_ok=True)

    def file(self, name: str) -> Path:
        """Return the file with all lines of a process."""
        return self._folder / f"{name.replace(' ', '-')}.jsonl"

    def say(self, sentence: str = "") -> None:
        """Tell the person at the terminal something."""
        self._write(self._paint(sentence, _BOLD))

    def line(self, name: str, line: str) -> Mapping[str, Any]:
        """Show and keep one line of a process; return its fields."""
        fields = self.keep(name, line)
        self._write(f"{self._prefix(name)} {self._readable(fields)}")
        return fields

    def keep(self, name: str, line: str) -> Mapping[str, Any]:
        """Keep one line of a process without showing it; return its fields."""
        fields = _fields(line)
        self._keep(name, json.dumps(fields, ensure_ascii=False))
        return fields

    def close(self) -> None:
        """Close the files."""
        for file in self._files.values():
            file.close()

    def _keep(self, name: str, line: str) -> None:
        # A full disk must not end the supervision of the process that has just printed something.
        with self._lock, contextlib.suppress(OSError):
            if name not in self._files:
                self._files[name] = _opened(self.file(name))
            self._files[name].write(line + "\n")
            self._files[name].flush()

    def _write(self, text: str) -> None:
        # Nor must a terminal that was closed.
        with self._lock, contextlib.suppress(OSError):
            print(text, file=self._out, flush=True)

    def _prefix(self, name: str) -> str:
        colour = self._colours.setdefault(name, _COLOURS[len(self._colours) % len(_COLOURS)])
        return f"{time.strftime('%H:%M:%S')} {self._paint(f'{name:<{_NAME_WIDTH}}|', colour)}"

    def _readable(self, fields: Mapping[str, Any]) -> str:
        facts = " ".join(f"{key}={value}" for key, value in fields.items() if key not in _SHOWN_ELSEWHERE)
        event = self._paint(str(fields.get("event", "")), _LEVEL_COLOURS.get(str(fields.get("level")), 0))
        trace = f"\n{fields['exception']}" if "exception" in fields else ""
        return f"{event} {facts}".rstrip() + trace

    def _paint(self, text: str, colour: int) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self._coloured and colour else text


def _fields(line: str) -> Mapping[str, Any]:
    """Return the fields of a JSON line; what a library prints by itself becomes the event."""
    try:
        fields = json.loads(line)
    except ValueError:
        return {"event": line}
    return fields if isinstance(fields, dict) else {"event": line}


def _opened(path: Path) -> IO[str]:
    """Open a log to add to it; one that has grown large is put aside first, in place of the one before."""
    if path.exists() and path.stat().st_size > _LOG_BYTES_MAX:
        path.replace(path.with_suffix(".previous.jsonl"))
    return path.open("a", encoding="utf-8")
