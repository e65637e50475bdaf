"""A rebuild and whoever writes the same rows live find out about each other; of two rebuilds the last one goes on."""

from typing import Any

import pytest
from pymongo.database import Database

from infra.read_store.rebuild_notes import Noted, OvertakenError, RebuildNotes

pytestmark = pytest.mark.servers
Store = Database[dict[str, Any]]


def notes_of(store: Store, name: str = "board") -> RebuildNotes:
    return RebuildNotes(store, name)


def test_a_call_stands_until_it_is_heeded(store_database: Store) -> None:
    notes, of_another = notes_of(store_database), notes_of(store_database, "content")
    assert not notes.is_called()

    notes.call()
    of_another.call()
    assert notes.is_called()

    assert notes.heed() is None
    assert not notes.is_called()
    assert of_another.is_called()


def test_rows_that_are_offered_stand_until_that_is_answered(store_database: Store) -> None:
    notes = notes_of(store_database)
    notes.begin("one", "code")
    notes.advance("one", 7)
    assert (notes.offered(), notes.heed()) == (None, None)

    notes.offer("one")
    assert notes.offered() == notes.heed() == Noted("one", 7)

    notes.answer(Noted("one", 7))
    assert notes.offered() is None
    assert notes.take_up("two", "code") is None


def test_an_answer_comes_too_late_when_another_run_has_begun(store_database: Store) -> None:
    notes = notes_of(store_database)
    notes.begin("two", "code")

    notes.answer(Noted("one", 7))

    assert notes.is_of("two")


def test_a_run_takes_up_what_an_earlier_one_of_the_same_code_has_noted(store_database: Store) -> None:
    notes = notes_of(store_database)
    notes.begin("one", "code")
    notes.advance("one", 7)

    assert notes.take_up("two", "other code") is None
    assert notes.take_up("two", "code") == Noted("one", 7)
    assert notes.take_up("three", "code") == Noted("two", 7)


@pytest.mark.parametrize("takes_up", [False, True])
def test_an_earlier_run_can_neither_note_nor_offer_anything_any_more(store_database: Store, takes_up: bool) -> None:
    notes = notes_of(store_database)
    notes.begin("one", "code")
    if takes_up:
        notes.take_up("two", "code")
    else:
        notes.begin("two", "code")

    with pytest.raises(OvertakenError):
        notes.advance("one", 7)
    with pytest.raises(OvertakenError):
        notes.offer("one")
    assert not notes.is_of("one")
    assert notes.offered() is None
    assert notes.take_up("three", "code") == Noted("two", 0)


def test_no_run_begins_while_rows_are_offered(store_database: Store) -> None:
    notes = notes_of(store_database)
    notes.begin("one", "code")
    notes.offer("one")

    assert notes.take_up("two", "code") is None
    with pytest.raises(OvertakenError):
        notes.begin("two", "code")
    assert notes.offered() == Noted("one", 0)
