"""Files of acts for other programs: CSV that spreadsheets open safely, and JSON; written piece by piece."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from services.audit.queries.views import Act

BYTE_ORDER_MARK = "\ufeff"
"""Tells Excel that the file is UTF-8; without it Vietnamese letters come out wrong."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A cell that begins with one of these is calculated by spreadsheets instead of shown."""

COLUMNS: Mapping[str, Callable[[Act], Any]] = {
    "entry": lambda act: act.entry,
    "index": lambda act: act.index,
    "time": lambda act: act.at.isoformat(timespec="microseconds"),
    "act": lambda act: act.topic,
    "thing": lambda act: act.thing.id,
    "title": lambda act: act.thing.title("vi") or act.thing.number or act.thing.office,
    "version": lambda act: act.version,
    "person": lambda act: act.name,
    "account": lambda act: act.account,
    "capacity": lambda act: act.capacity,
    "on_behalf_of": lambda act: act.on_behalf_of,
    "delegation": lambda act: act.delegation,
    "clause": lambda act: act.clause,
    "refused": lambda act: act.refused,
    "command": lambda act: act.command,
    "code": lambda act: act.code,
    "remark": lambda act: act.said("vi"),
    "content_hash": lambda act: act.content_hash,
    "correlation": lambda act: act.correlation,
}
"""What is written of an act, in this order; names stay as they are for programs that read the files."""


def as_csv(acts: Iterable[Act]) -> Iterator[bytes]:
    """Write acts as CSV (RFC 4180) that opens right in Excel and runs nothing there."""
    yield (BYTE_ORDER_MARK + _line(COLUMNS)).encode()
    for act in acts:
        yield _line(safe_cell(column(act)) for column in COLUMNS.values()).encode()


def as_json(acts: Iterable[Act], about: Mapping[str, Any]) -> Iterator[bytes]:
    """Write acts as one JSON object: `export` says what this is, `acts` has them in order."""
    yield b'{"export": ' + _json(about) + b',\n"acts": ['
    before = b"\n"
    for act in acts:
        yield before + _json({name: column(act) for name, column in COLUMNS.items()})
        before = b",\n"
    yield b"\n]}\n"


def safe_cell(value: Any) -> str:
    """Return a value as a cell that is shown and never calculated.

    >>> safe_cell("=1+1"), safe_cell("Tin tức"), safe_cell(True)
    ("'=1+1", 'Tin tức', 'yes')
    """
    if isinstance(value, bool):
        return "yes" if value else ""
    text = str(value)
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) else text


def _line(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line, quoting=csv.QUOTE_ALL).writerow(cells)
    return line.getvalue()


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
