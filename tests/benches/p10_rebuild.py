"""P10: all read models and public pages written anew from 100,000 and from a million events, beside reading the log alone.

The events are a newsroom's (`tests.builders.long_log`): one in 180 changes what is public. Content's rows, the audit rows and
the public pages with their search index are written by the three commands of `make rebuild`, all at once.

A round over a million events takes minutes: there are two, and no round for warming up.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
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
        short, long = (LongProvince(client, server.url, Path(name) / str(events), events) for events in (SHORT, LONG))
        rates: dict[int, list[float]] = {SHORT: [], LONG: []}

        def rebuilt(province: LongProvince) -> float:
            rates[province.events].append(province.rebuilding_rate())
            return rates[province.events][-1]

        yield [
            Case(
                name="100,000 events",
                unit="events/s",
                ours=lambda: rebuilt(short),
                control=short.reading_rate,
                bar=Bar(">=", 0.2),
                rounds=3,
                setup=short.fill,
            ),
            Case(
                name="1,000,000 events",
                unit="events/s",
                ours=lambda: rebuilt(long),
                control=long.reading_rate,
                bar=Bar(">=", 0.2),
                rounds=2,
                warm_up=False,
                attempts=1,
                setup=long.fill,
            ),
            Case(
                name="1,000,000 beside 100,000 events",
                unit="events/s",
                ours=lambda: median(rates[LONG]),
                control=lambda: median(rates[SHORT]),
                bar=Bar(">=", AS_FAST),
                rounds=1,
                warm_up=False,
            ),
        ]
