"""`python -m tests.benches [P1 P2 ...]`: measure these benches, or all but those that take very long."""

import importlib
import pkgutil
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType

from tests.benches.frame import Line, measure
from tests.benches.report import as_text, write

_BENCH = re.compile(r"([pms])(\d+)_\w+")
_WHEN_NAMED = "M"
"""Memory is watched for ten minutes: only if somebody asks for it."""


def benches() -> dict[str, str]:
    """Return the modules of all benches by id, in the order of their numbers."""
    names = [module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)])]
    found = [match for name in names if (match := _BENCH.fullmatch(name))]
    found.sort(key=lambda match: ("psm".index(match[1]), int(match[2])))
    return {f"{match[1].upper()}{int(match[2])}": f"tests.benches.{match[0]}" for match in found}


def lines_of(bench: str, module: ModuleType) -> Iterator[Line]:
    """Measure every case of a bench."""
    with module.cases() as cases:
        for case in cases:
            yield measure(bench, module.TITLE, case)


def main(wanted: Sequence[str]) -> int:
    """Measure, tell, and return 1 when a line misses its bar, 2 when a bench is unknown."""
    known = benches()
    if unknown := [bench for bench in wanted if bench not in known]:
        sys.stderr.write(f"No such bench: {', '.join(unknown)}. There are {', '.join(known)}.\n")
        return 2
    lines: list[Line] = []
    for bench in wanted or [each for each in known if not each.startswith(_WHEN_NAMED)]:
        for line in lines_of(bench, importlib.import_module(known[bench])):
            sys.stdout.write(as_text(line) + "\n")
            sys.stdout.flush()
            lines.append(line)
    write(lines)
    return 0 if all(line.passes for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
