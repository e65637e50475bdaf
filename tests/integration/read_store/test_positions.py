"""Positions never go back, and a page can wait for one."""

from threading import Timer
from typing import Any

import pytest
from pymongo.database import Database

from infra.read_store.positions import Positions

pytestmark = pytest.mark.servers
Store = Database[dict[str, Any]]


def test_a_reader_begins_before_the_first_event(store_database: Store) -> None:
    assert Positions(store_database).get("board") == 0


def test_a_position_never_goes_back(store_database: Store) -> None:
    positions = Positions(store_database)
    positions.advance("board", 7)

    positions.advance("board", 6)

    assert positions.get("board") == 7


def test_readers_do_not_share_positions(store_database: Store) -> None:
    positions = Positions(store_database)

    positions.advance("board", 7)

    assert positions.get("content") == 0


def test_waiting_ends_as_soon_as_the_position_is_reached(store_database: Store) -> None:
    positions = Positions(store_database)
    later = Timer(0.05, positions.advance, ("board", 3))
    later.start()

    assert positions.wait("board", 3, timeout_s=10)
    later.join()


def test_waiting_for_what_does_not_come_ends_with_the_time_out(store_database: Store) -> None:
    assert not Positions(store_database).wait("board", 1, timeout_s=0.02)


def test_what_is_offered_to_a_reader_stands_until_it_goes_on_from_there(store_database: Store) -> None:
    positions = Positions(store_database)
    positions.advance("board", 9)
    assert positions.offered("board") is None

    positions.offer("board", 7)
    positions.advance("board", 10)
    assert (positions.offered("board"), positions.get("board")) == (7, 10)

    positions.reset("board", 7)
    assert (positions.offered("board"), positions.get("board")) == (None, 7)


def test_a_call_stands_until_it_is_heeded_and_changes_no_position(store_database: Store) -> None:
    positions = Positions(store_database)
    positions.advance("board", 9)

    positions.call("board")
    positions.call("content")
    assert positions.is_called("board")

    assert positions.heed("board") is None
    positions.offer("board", 7)
    assert positions.heed("board") == 7
    assert not positions.is_called("board")
    assert positions.is_called("content")
    assert (positions.get("board"), positions.get("content")) == (9, 0)


def test_readers_are_forgotten_by_how_their_names_begin(store_database: Store) -> None:
    positions = Positions(store_database).of_rebuilds
    for name in ("board by 1", "board by 2", "content by 1"):
        positions.advance(name, 3)

    positions.forget("board by ")

    assert [positions.get(name) for name in ("board by 1", "board by 2", "content by 1")] == [0, 0, 3]
    assert Positions(store_database).get("content by 1") == 0
