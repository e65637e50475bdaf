"""S1: a reviewer's search over a million acts, with every combination of filters, near pages and far ones.

Figures are the 95th percentile of searches whose filters are drawn at random from what there is, the names of people and things
on the page included. The bar is what a reader feels as at once; a row by its key is what the store can do at best.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain, combinations
from random import Random
from time import perf_counter
from typing import Any

from pymongo.database import Database

from infra.event_store import EVENTS, LogReader, create_log
from infra.messaging.envelope import Envelope
from infra.read_store.beside import RowsBeside
from infra.read_store.people import People
from services.audit.projections import AuditRows
from services.audit.queries.acts import AuditQueries
from services.audit.queries.criteria import Criteria
from tests.benches.frame import Bar, Case
from tests.benches.mongodb import mongodb
from tests.builders.long_log import BEGINNING, write_long_log

TITLE = "audit search"
ACTS = 1_000_000
SEARCHES = 200
BAR_MS = 300.0
_AT_ONCE = 10_000
_FILTERS = ("account", "office", "kind", "refused", "period", "words")
_WORDS = ("cầu dân sinh", "trường học Bù Đăng", "khởi công", "hồ chứa", "Lộc Ninh trạm y tế", "số 4711", "không có gì")


@contextmanager
def cases() -> Iterator[list[Case]]:
    """A million acts of a newsroom, projected as they are when they arrive."""
    with mongodb() as client:
        archive = Archive(client["bench_audit"])
        archive.fill(client["bench_log"], ACTS)
        lines: list[tuple[str, Callable[[], float]]] = [
            (f"by {' and '.join(filters) or 'nothing'}", lambda filters=filters: archive.p95_ms([filters]))
            for filters in (
                (),
                ("account", "period"),
                ("office", "kind"),
                ("words",),
                ("refused",),
                ("kind",),
                ("account", "office", "kind", "period"),
            )
        ]
        every = list(chain.from_iterable(combinations(_FILTERS, size) for size in range(len(_FILTERS) + 1)))
        lines += [
            (f"all {len(every)} combinations of filters", lambda: archive.p95_ms(every)),
            ("all combinations, pages far behind", lambda: archive.p95_ms(every, far=True)),
            ("one act by its key, for comparison", archive.by_key_p95_ms),
        ]
        yield [
            Case(name=name, unit="ms p95", ours=ours, control=None, bar=Bar("<=", BAR_MS), rounds=3)
            for name, ours in lines
        ]


@dataclass
class Archive:
    """The audit service's rows, and searches in them."""

    store: Database[dict[str, Any]]

    def __post_init__(self) -> None:
        self.rows = AuditRows(self.store)
        self.queries = AuditQueries(self.rows, People(self.store))
        self.chance = Random(7)  # noqa: S311 - no secret

    def fill(self, log: Database[dict[str, Any]], acts: int) -> None:
        create_log(log)
        write_long_log(log[EVENTS], acts)
        fresh, reader, after = AuditRows(self.store, RowsBeside), LogReader(log[EVENTS]), 0
        fresh.prepare()
        while events := [Envelope.from_entry("content", entry) for entry in reader.page(after, _AT_ONCE)]:
            after = events[-1].position
            fresh.project(events, {event.id: event.position - 1 for event in events})
        for rows in fresh.all:
            assert isinstance(rows, RowsBeside)
            rows.finish()
        for live in self.rows.all:
            live.exchange()
        self.begin()

    def begin(self) -> None:
        """Learn what there is to search for."""
        self.accounts = sorted(row["value"] for row in self.rows.choices.each({"field": "account"}))
        self.offices, self.kinds = self.queries.offices(), self.queries.kinds()
        (newest,) = self.queries.search(Criteria(), limit=1).items
        self.newest = newest.at

    def p95_ms(self, combined: Sequence[tuple[str, ...]], *, far: bool = False) -> float:
        """Return the 95th percentile of searches, each by one of the combinations of filters."""
        taken = []
        for number in range(SEARCHES):
            criteria = self._criteria(combined[number % len(combined)])
            after = self._far_behind(criteria) if far else None
            begun = perf_counter()
            self.queries.search(criteria, after)
            taken.append(perf_counter() - begun)
        return 1000 * sorted(taken)[int(0.95 * SEARCHES)]

    def by_key_p95_ms(self) -> float:
        taken = []
        for _ in range(SEARCHES):
            begun = perf_counter()
            assert self.queries.act(f"content/{self.chance.randint(1, ACTS)}") is not None
            taken.append(perf_counter() - begun)
        return 1000 * sorted(taken)[int(0.95 * SEARCHES)]

    def _criteria(self, filters: Sequence[str]) -> Criteria:
        pick, since = self.chance.choice, self._instant()
        drawn = {
            "account": lambda asked: replace(asked, account=pick(self.accounts)),
            "office": lambda asked: replace(asked, office=pick(self.offices)),
            "kind": lambda asked: replace(asked, kind=pick(self.kinds)),
            "refused": lambda asked: replace(asked, refused=True),
            "period": lambda asked: replace(asked, since=since, until=since + timedelta(days=pick((1, 30, 365)))),
            "words": lambda asked: replace(asked, thing=pick(_WORDS)),
        }
        criteria = Criteria()
        for name in filters:
            criteria = drawn[name](criteria)
        return criteria

    def _far_behind(self, criteria: Criteria) -> str | None:
        """Return the cursor of a page somewhere in what is found: as if one had gone on and on."""
        until = criteria.until or self._instant()
        return self.queries.search(replace(criteria, until=until), limit=1).next

    def _instant(self) -> datetime:
        return BEGINNING + self.chance.random() * (self.newest - BEGINNING)
