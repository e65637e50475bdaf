"""A province's data: dated TOML files in one folder, so that another province is another folder."""

import tomllib
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

Entry = dict[str, Any]


def read_profile(folder: Path, name: str) -> dict[str, Any]:
    """Return what the file `<name>.toml` of the province's folder says.

    Raises:
        OSError: there is no such file.
        tomllib.TOMLDecodeError: it is no TOML; the error names line and column.

    """
    return tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))


def in_force(entries: Iterable[Entry], on: date) -> list[Entry]:
    """Return the entries whose `since` (first day; absent = always) and `until` (first day no longer) contain the day."""
    return [entry for entry in entries if _begun(entry, on) and not _over(entry, on)]


def _begun(entry: Entry, on: date) -> bool:
    since: date = entry.get("since", date.min)
    return since <= on


def _over(entry: Entry, on: date) -> bool:
    until: date = entry.get("until", date.max)
    return until <= on
