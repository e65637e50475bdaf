"""M1: the memory of every process stays flat while the newsroom publishes and the public reads, ten minutes long.

What counts is the median of the last fifth of the time beside that of the second: the first fifth is for warming up. A process
may grow by a twentieth and 3 MiB, in which the allocator's pieces and caches that still fill have their place (most have grown by
less than one); with four events and ten pages a second, a leak of 10 KB for each event would be 14 MiB. A process that was
started again has failed.

`python -m tests.benches.m1_soak 60` soaks for 60 seconds, while one develops.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.local.stack import Stack
from tests.benches.frame import Bar, Case, measure
from tests.benches.report import as_text
from tests.benches.soaking import Series, soak

TITLE = "memory"
SECONDS = 600.0


@contextmanager
def cases(seconds: float = SECONDS) -> Iterator[list[Case]]:
    """The whole system with the demo province on servers of its own; one line for each process that is ours."""
    with tempfile.TemporaryDirectory(prefix="bench-m1-", ignore_cleanup_errors=True) as folder:
        with Stack(Path(folder), demo=True) as stack:
            soaked = soak(stack, seconds)
        yield [line_of(name, series) for name, series in soaked.items()]


def line_of(name: str, series: Series) -> Case:
    """Say by how much a process has grown."""
    return Case(
        name=f"{name}, {series.warm:.0f} MiB when warm",
        unit="MiB grown",
        ours=lambda: series.grown,
        control=None,
        bar=Bar("<=", round(series.may_grow, 1)),
        rounds=1,
        warm_up=False,
    )


if __name__ == "__main__":
    with cases(float(sys.argv[1])) as lines:
        for line in lines:
            sys.stdout.write(as_text(measure("M1", TITLE, line)) + "\n")
