"""Public events by the page: bounded in number and in bytes, and without a gap."""

from typing import Any

import pytest
from pymongo.database import Database

from gateway.queries import EVENTS, Queries
from infra.read_store.rows import Put, Rows

pytestmark = pytest.mark.servers


def queries_over(store: Database[dict[str, Any]], sizes: list[int]) -> Queries:
    """Keep one public event of each size at positions 1, 2, 3, …"""
    rows = Rows(store[EVENTS])
    rows.apply(
        Put(f"content/{position}", {"topic": "content.article.published", "json": "x" * size}, position)
        for position, size in enumerate(sizes, 1)
    )
    return Queries(store)


def all_positions(queries: Queries, limit: int) -> list[list[int]]:
    pages: list[list[int]] = []
    while found := queries.events_after(pages[-1][-1] if pages else 0, limit):
        pages.append([event.position for event in found])
    return pages


def test_a_page_of_small_events_is_bounded_by_their_number(store_database: Database[dict[str, Any]]) -> None:
    pages = all_positions(queries_over(store_database, [10] * 95), 50)

    assert [len(page) for page in pages] == [50, 45]
    assert [position for page in pages for position in page] == list(range(1, 96))


def test_a_page_of_large_events_ends_soon_after_four_megabytes(store_database: Database[dict[str, Any]]) -> None:
    pages = all_positions(queries_over(store_database, [1_000_000] * 45), 200)

    assert [len(page) for page in pages] == [20, 20, 5]
    assert [position for page in pages for position in page] == list(range(1, 46))
