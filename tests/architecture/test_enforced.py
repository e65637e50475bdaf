"""Every clause that the code promises to enforce has a function that enforces it and a test that holds it."""

import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ENFORCED = ROOT / "docs" / "regulation" / "enforced.md"
ROW = re.compile(
    r"^\| (?P<clause>Q[CD]\d+[^|]*?) \| `(?P<function>[\w.]+)` \| `(?P<test>[\w./-]+\.py)::(?P<name>\w+)` \|$",
    re.MULTILINE,
)
ROWS = [match.groupdict() for match in ROW.finditer(ENFORCED.read_text(encoding="utf-8"))]
TABLE_LINES = [line for line in ENFORCED.read_text(encoding="utf-8").splitlines() if line.startswith("| Q")]


def test_every_line_of_the_table_is_understood() -> None:
    assert len(ROWS) == len(TABLE_LINES)
    assert len(ROWS) > 40


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['clause']} {row['function'].rpartition('.')[2]}")
def test_the_function_and_the_test_are_there(row: dict[str, str]) -> None:
    module, _, name = row["function"].rpartition(".")
    found = _attribute(module, name)

    assert callable(found)
    assert re.search(rf"^def {row['name']}\(", (ROOT / row["test"]).read_text(encoding="utf-8"), re.MULTILINE)


def _attribute(module: str, name: str) -> object:
    """Find a function of a module, or a method of a class in it."""
    try:
        return getattr(importlib.import_module(module), name)
    except ModuleNotFoundError:
        outer, _, kind = module.rpartition(".")
        return getattr(getattr(importlib.import_module(outer), kind), name)
