"""Rows written anew in large batches are, byte for byte, those that were written live, one event after the other."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from bson.raw_bson import RawBSONDocument
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pymongo.collection import Collection
from pymongo.database import Database

from infra.read_store.beside import RowsBeside
from infra.read_store.rows import Change, Put, Remove, Rows

pytestmark = pytest.mark.servers
Store = Database[dict[str, Any]]

names = st.sampled_from(["title", "at", "_", "step", "inner", "inner.first", "inner.second"])
values = st.one_of(st.integers(-9, 9), st.text(max_size=3), st.none(), st.lists(st.integers(-9, 9), max_size=2))


def fields(drawn: dict[str, Any]) -> dict[str, Any]:
    """A put names either a field or something inside it; what is inside something is an object."""
    whole = {"inner": {"first": drawn["inner"]}} if "inner" in drawn else {}
    inner = {} if whole else {name: value for name, value in drawn.items() if "." in name}
    return {name: value for name, value in drawn.items() if "inner" not in name} | whole | inner


Said = Mapping[str, dict[str, Any] | None]
"""What an event says of rows: new fields, or that they are gone."""

said = st.dictionaries(st.sampled_from("abc"), st.one_of(st.none(), st.dictionaries(names, values, max_size=4)))
logs = st.lists(said, min_size=1, max_size=12)


def changes_of(log: Sequence[Said], position: int) -> list[Change]:
    told = log[position - 1].items()
    return [Remove(key, position) if new is None else Put(key, fields(new), position) for key, new in told]


def stored(collection: Collection[Any]) -> list[bytes]:
    """Every row as it lies in the store, tombstones included."""
    as_it_lies = collection.with_options(
        codec_options=collection.codec_options.with_options(document_class=RawBSONDocument)
    )
    return [row.raw for row in as_it_lies.find().sort("_id", 1)]


def in_batches(log: Sequence[Said], heard: Sequence[int], size: int) -> Iterator[list[Change]]:
    for begun in range(0, len(heard), size):
        yield [change for position in heard[begun : begun + size] for change in changes_of(log, position)]


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data(), logs, st.integers(1, 12), st.integers(1, 12))
def test_the_same_events_in_other_batches_make_the_same_bytes(
    store_database: Store, data: st.DataObject, log: list[Said], live_at_once: int, at_once: int
) -> None:
    heard = data.draw(st.lists(st.integers(1, len(log)), max_size=25), label="positions, late and twice too")
    live, anew = Rows(store_database["rows"]), RowsBeside(store_database["rows"])
    live.clear()
    anew.begin("run", anew.left())

    for batch in in_batches(log, heard, live_at_once):
        live.apply(batch)
    for batch in in_batches(log, heard, at_once):
        anew.apply(batch)

    assert stored(store_database["rows.run.anew"]) == stored(store_database["rows"])


def test_a_batch_heard_again_changes_nothing(store_database: Store) -> None:
    anew = RowsBeside(store_database["rows"])
    anew.begin("run")
    batch = [Put("a", {"x": 1}, 1), Put("b", {"x": 2}, 2), Put("a", {"y": 3}, 3)]
    anew.apply(batch)
    before = stored(store_database["rows.run.anew"])

    anew.apply(batch)

    assert stored(store_database["rows.run.anew"]) == before


def test_nobody_reads_them_before_they_take_the_place_of_the_rows_with_all_their_indexes(store_database: Store) -> None:
    rows, anew = Rows(store_database["rows"]), RowsBeside(store_database["rows"])
    rows.put("stray", {"title": "from an earlier version"}, 1)
    anew.index("title", ("at", -1))
    anew.begin("run")
    anew.put("a", {"title": "anew", "at": 1}, 1)
    anew.finish()
    assert rows.get("a") is None

    rows.exchange("run")

    assert rows.get("stray") is None
    assert rows.get("a") == {"_id": "a", "at": 1, "position": 1, "removed": False, "title": "anew"}
    assert "title_1_at_-1" in store_database["rows"].index_information()
    assert "rows.run.anew" not in store_database.list_collection_names()


def test_an_exchange_that_was_made_already_changes_nothing(store_database: Store) -> None:
    rows = Rows(store_database["rows"])
    rows.put("a", {"title": "one"}, 1)

    rows.exchange("run")

    assert rows.get("a") is not None


def test_what_a_row_may_not_say_is_a_mistake_here_too(store_database: Store) -> None:
    anew = RowsBeside(store_database["rows"])

    with pytest.raises(ValueError, match="position"):
        anew.put("a", {"position": 3}, 1)
    with pytest.raises(ValueError, match="position 0"):
        anew.put("a", {}, 0)


def test_a_run_begins_with_nothing_and_deletes_what_earlier_ones_have_left(store_database: Store) -> None:
    for name in ("rows.one.anew", "rows.two.anew", "rowsof.one.anew", "rows.anew", "rows"):
        store_database[name].insert_one({})

    three = RowsBeside(store_database["rows"])
    three.begin("three", three.left())

    assert sorted(store_database.list_collection_names()) == ["rows", "rows.three.anew", "rowsof.one.anew"]


def test_what_a_run_writes_after_another_has_taken_up_its_rows_is_not_among_them(store_database: Store) -> None:
    rows, one, two = (
        Rows(store_database["rows"]),
        RowsBeside(store_database["rows"]),
        RowsBeside(store_database["rows"]),
    )
    one.begin("one")
    one.put("a", {"title": "first"}, 1)

    assert two.take_up("one", "two")
    two.put("b", {"title": "second"}, 2)
    one.put("c", {"title": "late"}, 3)
    rows.exchange("two")
    one.put("d", {"title": "later"}, 4)
    rows.exchange("two")

    assert [row["_id"] for row in rows.find().items] == ["a", "b"]


def test_rows_that_are_gone_cannot_be_taken_up(store_database: Store) -> None:
    assert not RowsBeside(store_database["rows"]).take_up("one", "two")
