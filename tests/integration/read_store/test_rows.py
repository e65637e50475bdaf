"""Rows keep what the log says, however often and however late they hear it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pymongo.database import Database
from pymongo.errors import BulkWriteError

from infra.kernel.ids import natural_id
from infra.read_store.paging import BadCursorError, Order
from infra.read_store.rows import Change, Put, Remove, Rows

pytestmark = pytest.mark.servers
Store = Database[dict[str, Any]]


def rows_of(store_database: Store, name: str = "articles") -> Rows:
    return Rows(store_database[name])


def test_a_row_begins_with_its_first_put(store_database: Store) -> None:
    rows = rows_of(store_database)

    rows.put("a", {"title": "Mưa đầu mùa"}, 3)

    assert rows.get("a") == {"_id": "a", "title": "Mưa đầu mùa", "position": 3, "removed": False}


def test_a_later_put_sets_its_fields_and_leaves_the_others(store_database: Store) -> None:
    rows = rows_of(store_database)
    rows.put("a", {"title": "one", "section": "news"}, 3)

    rows.put("a", {"title": "two"}, 4)

    row = rows.get("a")
    assert row is not None
    assert (row["title"], row["section"], row["position"]) == ("two", "news", 4)


@pytest.mark.parametrize("late", [1, 3])
def test_what_is_heard_again_or_late_changes_nothing(store_database: Store, late: int) -> None:
    rows = rows_of(store_database)
    rows.put("a", {"title": "new"}, 3)

    rows.put("a", {"title": "old"}, late)

    row = rows.get("a")
    assert row is not None
    assert (row["title"], row["position"]) == ("new", 3)


def test_dotted_names_set_inside_a_field(store_database: Store) -> None:
    rows = rows_of(store_database)
    rows.put("a", {"history": {"1": "drafted"}}, 1)

    rows.put("a", {"history.2": "cleared"}, 2)

    row = rows.get("a")
    assert row is not None
    assert row["history"] == {"1": "drafted", "2": "cleared"}


def test_a_removed_row_stays_away_when_older_events_come_again(store_database: Store) -> None:
    rows = rows_of(store_database)
    rows.put("a", {"title": "one"}, 1)
    rows.remove("a", 5)

    rows.put("a", {"title": "one"}, 1)

    assert rows.get("a") is None
    assert rows.find().items == ()
    assert rows.count() == 0


def test_a_removed_row_keeps_nothing_of_what_it_said_when_it_returns(store_database: Store) -> None:
    rows = rows_of(store_database)
    rows.put("a", {"title": "one", "author": "x"}, 1)
    rows.remove("a", 2)

    rows.put("a", {"title": "again"}, 3)

    assert rows.get("a") == {"_id": "a", "title": "again", "position": 3, "removed": False}


def test_changes_of_a_row_by_the_same_event_are_joined(store_database: Store) -> None:
    rows = rows_of(store_database)

    rows.apply([Put("a", {"x": 1, "y": 1}, 7), Put("a", {"y": 2}, 7)])

    assert rows.get("a") == {"_id": "a", "x": 1, "y": 2, "position": 7, "removed": False}


@pytest.mark.parametrize("own", ["_id", "position", "removed"])
def test_a_put_may_not_name_the_rows_own_fields(store_database: Store, own: str) -> None:
    with pytest.raises(ValueError, match=own):
        rows_of(store_database).put("a", {own: 1}, 1)


def test_a_change_before_the_first_event_is_a_mistake(store_database: Store) -> None:
    with pytest.raises(ValueError, match="position 0"):
        rows_of(store_database).put("a", {}, 0)


def test_keys_are_texts_numbers_or_uuids(store_database: Store) -> None:
    rows, subject = rows_of(store_database), natural_id("row")

    rows.apply([Put(subject, {"n": 1}, 1), Put(12, {"n": 2}, 2), Put("twelve", {"n": 3}, 3)])

    assert {key: row["n"] for key, row in rows.get_all([subject, 12, "twelve", "none"]).items()} == {
        subject: 1,
        12: 2,
        "twelve": 3,
    }


def test_a_unique_index_ignores_removed_rows(store_database: Store) -> None:
    rows = rows_of(store_database)
    rows.index("slug", unique=True)
    rows.put("a", {"slug": "mua"}, 1)
    rows.put("b", {"slug": "nang"}, 2)
    rows.apply([Remove("a", 3), Remove("b", 4)])
    rows.put("c", {"slug": "mua"}, 5)

    with pytest.raises(BulkWriteError):
        rows.put("d", {"slug": "mua"}, 6)


def _history(kinds: list[tuple[int, int | None]]) -> list[Change]:
    return [
        Remove(f"row{row}", position) if value is None else Put(f"row{row}", {f"f{value % 3}": value}, position)
        for position, (row, value) in enumerate(kinds, start=1)
    ]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kinds=st.lists(st.tuples(st.integers(0, 3), st.one_of(st.none(), st.integers(0, 9))), max_size=25),
    data=st.data(),
)
def test_hearing_any_stretch_of_the_log_again_gives_the_same_rows(
    store_database: Store, kinds: list[tuple[int, int | None]], data: st.DataObject
) -> None:
    history = _history(kinds)
    once, again = rows_of(store_database, "once"), rows_of(store_database, "again")
    once.clear()
    again.clear()
    once.apply(history)

    heard = 0
    while heard < len(history):
        start = data.draw(st.integers(0, heard))
        heard = data.draw(st.integers(heard + 1, len(history)))
        again.apply(history[start:heard])

    assert list(once.find().items) == list(again.find().items)


def _thirty(store_database: Store) -> Rows:
    rows, day = rows_of(store_database), datetime(2026, 1, 1, tzinfo=UTC)
    rows.apply(Put(f"{n:02}", {"at": day + timedelta(days=n // 3), "by": n % 2}, n + 1) for n in range(30))
    return rows


@pytest.mark.parametrize("order", [Order(), Order("at"), Order("at", descending=True), Order("by", descending=True)])
def test_pages_in_any_order_show_every_row_once(store_database: Store, order: Order) -> None:
    rows = _thirty(store_database)
    seen, after, pages = [], None, 0
    while pages == 0 or after:
        page = rows.find(order=order, limit=7, after=after)
        seen += [row["_id"] for row in page.items]
        after, pages = page.next, pages + 1

    assert (len(seen), len(set(seen)), pages) == (30, 30, 5)
    assert seen == [row["_id"] for row in rows.find(order=order).items]


def test_a_row_that_arrives_between_two_pages_moves_nothing(store_database: Store) -> None:
    rows, newest_first = _thirty(store_database), Order("at", descending=True)
    first = rows.find(order=newest_first, limit=10)
    rows.put("new", {"at": datetime(2027, 1, 1, tzinfo=UTC)}, 31)

    second = rows.find(order=newest_first, limit=10, after=first.next)

    assert {row["_id"] for row in first.items} & {row["_id"] for row in second.items} == set()
    assert second.items[0]["_id"] == "19"


def test_uuid_keys_can_be_paged(store_database: Store) -> None:
    rows = rows_of(store_database)
    keys: list[UUID] = sorted(natural_id(str(n)) for n in range(9))
    rows.apply(Put(key, {"n": 0}, n) for n, key in enumerate(keys, start=1))

    first = rows.find(order=Order("n"), limit=5)
    second = rows.find(order=Order("n"), limit=5, after=first.next)

    assert [row["_id"] for row in (*first.items, *second.items)] == keys
    assert second.next is None


NO_KEY, TOO_LARGE, NO_LETTER = "W3siJG9pZCI6IngifSwxXQ", f"Wz{'EwMDAw'}{'MDAw' * 8}LDFd", "WyJcdWQ4MDAiLDFd"


@pytest.mark.parametrize(
    "cursor",
    [
        *("", "x", "e30", "W10", "WzEsMiwzXQ", "W3siJG5lIjoxfSwxXQ", "\ud800", "💥", "A" * 5000),
        *(NO_KEY, TOO_LARGE, NO_LETTER),
    ],
)
def test_a_damaged_cursor_is_named_as_one(store_database: Store, cursor: str) -> None:
    with pytest.raises(BadCursorError):
        rows_of(store_database).find(after=cursor)


def test_a_page_can_be_seen_as_something_else(store_database: Store) -> None:
    page = _thirty(store_database).find({"by": 1}, limit=2).of(lambda row: str(row["_id"]))

    assert page.items == ("01", "03")
    assert page.next is not None
