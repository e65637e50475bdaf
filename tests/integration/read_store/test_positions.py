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


def test_a_reader_can_be_let_go_on_from_anywhere(store_database: Store) -> None:
    positions = Positions(store_database)
    positions.advance("board", 9)

    positions.reset("board", 7)

    assert positions.get("board") == 7
