"""What the bench tells: a line for people, and a file for machines."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.benches.frame import Line, Rounds

FILE = Path("var/bench.json")


def as_text(line: Line) -> str:
    """Name, this system, control, ratio, bar, verdict."""
    name = f"{line.bench} {line.title}, {line.case.name}"
    ratio = "" if line.ratio is None else f"{line.ratio:.2f}x"
    bar = f"{line.case.bar.sense} {line.case.bar.limit:g}{'' if line.ratio is None else 'x'}"
    verdict = "void: the machine was not steady" if line.is_void else "pass" if line.passes else "FAIL"
    control = "-" if line.control is None else _figures(line.control)
    return (
        f"{name:<42}  {_figures(line.ours)} {line.case.unit:<10} control {control:<24} {ratio:>8}  {bar:<8} {verdict}"
    )


def write(lines: Sequence[Line], file: Path = FILE) -> None:
    """Write the results of all lines, in place of those of the last run."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps([_as_record(line) for line in lines], indent=2, ensure_ascii=False) + "\n", "utf-8")


def _figures(rounds: Rounds) -> str:
    low, high = min(rounds.figures), max(rounds.figures)
    return f"{_number(rounds.median)} [{_number(low)}-{_number(high)}]"


def _number(figure: float) -> str:
    return f"{figure:,.0f}" if figure >= 100 else f"{figure:.3g}"


def _as_record(line: Line) -> dict[str, Any]:
    return {
        "id": line.bench,
        "case": line.case.name,
        "value": line.ours.median,
        "unit": line.case.unit,
        "control": None if line.control is None else line.control.median,
        "ratio": line.ratio,
        "bar": line.case.bar.limit,
        "pass": line.passes,
    }
