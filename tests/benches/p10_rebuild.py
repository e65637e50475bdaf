"""P10: all read models and public pages written anew from 100,000 and from a million events, beside reading the log alone.

The events are a newsroom's (`tests.builders.long_log`): one in 180 changes what is public. Content's rows, the audit rows and
the public pages with their search index are written by the three commands of `make rebuild`, all at once.

A round over a million events takes minutes: there are two, and no round for warming up.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median

from infra.event_store import connect
from tests.benches.frame import Bar, Case
from tests.benches.long_province import LongProvince
from tests.benches.mongodb import mongodb_server

TITLE = "rebuild"
SHORT, LONG = 100_000, 1_000_000
AS_FAST = 0.8
"""Linear means: an event among a million takes at most a quarter longer than one among a hundred thousand."""


@contextmanager
def cases() -> Iterator[list[Case]]:
    """Two provinces on one server."""
    with (
        tempfile.TemporaryDirectory(prefix="bench-p10-", ignore_cleanup_errors=True) as name,
        mongodb_server() as server,
        connect(server.url) as client,
    ):
        short, long = (
            Measured(LongProvince(client, server.url, Path(name) / str(events), events)) for events in (SHORT, LONG)
        )
        yield [
            replace(short.case(), rounds=3),
            replace(long.case(), rounds=2, warm_up=False, attempts=1),
            Case(
                name="1,000,000 beside 100,000 events",
                unit="events/s",
                ours=lambda: median(long.rates),
                control=lambda: median(short.rates),
                bar=Bar(">=", AS_FAST),
                rounds=1,
                warm_up=False,
            ),
        ]


@dataclass
class Measured:
    """A province whose rebuilding rates are remembered."""

    province: LongProvince
    rates: list[float] = field(default_factory=list)

    def case(self) -> Case:
        province = self.province
        return Case(
            name=f"{province.events:,} events",
            unit="events/s",
            ours=self._rebuilt,
            control=province.reading_rate,
            bar=Bar(">=", 0.2),
            setup=province.fill,
        )

    def _rebuilt(self) -> float:
        self.rates.append(self.province.rebuilding_rate())
        return self.rates[-1]
