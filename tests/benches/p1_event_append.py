"""P1: durable appends of one event a save, beside the library's PostgreSQL recorder with its default durability.

A province makes some hundred saves an hour; 32 writers at once stand for an import, or for every office of 34
provinces on one machine.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.benches.appending import append_rate
from tests.benches.frame import Bar, Case
from tests.benches.mongodb import fresh_log, mongodb
from tests.benches.postgresql import library_recorders, postgresql

TITLE = "event append"
SECONDS = 3.0
BARS = {1: 0.8, 8: 3.0, 32: 8.0}


@contextmanager
def cases() -> Iterator[list[Case]]:
    """One writer, eight and thirty-two, each pair on a log and a table of its own."""
    with mongodb() as client, postgresql() as port, library_recorders(port) as library:

        def case(writers: int, ratio: float) -> Case:
            ours, theirs = fresh_log(client), library.fresh()
            return Case(
                name=f"{writers} writer{'' if writers == 1 else 's'}",
                unit="events/s",
                ours=lambda: append_rate(ours, writers, SECONDS),
                control=lambda: append_rate(theirs, writers, SECONDS),
                bar=Bar(">=", ratio),
            )

        yield [case(writers, ratio) for writers, ratio in BARS.items()]
