"""Personal data can be erased so that nothing in the events says anything any more."""

import hashlib
from typing import Any

import pytest
from pymongo.database import Database

from infra.kernel.canonical import canonical_json
from infra.read_store.people import People

pytestmark = pytest.mark.servers
Store = Database[dict[str, Any]]
AN = {"name": "Nguyễn Văn An", "phone": "0900 000 001"}


def test_a_record_comes_back_and_names_its_person(store_database: Store) -> None:
    people = People(store_database)

    people.put("a", AN)

    assert people.get("a") == AN
    assert people.name_of("a") == "Nguyễn Văn An"
    assert people.names_of(["a", "b"]) == {"a": "Nguyễn Văn An"}


def test_the_same_record_put_twice_has_the_same_hash(store_database: Store) -> None:
    people = People(store_database)

    assert people.put("a", AN) == people.put("a", dict(reversed(AN.items())))


def test_two_people_with_the_same_record_have_different_hashes(store_database: Store) -> None:
    people = People(store_database)

    assert people.put("a", AN) != people.put("b", AN)


def test_a_hash_matches_the_record_it_was_made_of_and_no_other(store_database: Store) -> None:
    people = People(store_database)
    before = people.put("a", AN)
    assert people.matches("a", before)

    after = people.put("a", {**AN, "phone": "0900 000 002"})

    assert people.matches("a", after)
    assert not people.matches("a", before)
    assert not people.matches("b", before)


def test_a_guessed_record_cannot_be_compared_with_the_hash_without_the_salt(store_database: Store) -> None:
    hashed = People(store_database).put("a", AN)

    assert hashed != hashlib.sha256(canonical_json(AN)).hexdigest()


def test_erasing_takes_record_and_salt(store_database: Store) -> None:
    people = People(store_database)
    hashed = people.put("a", AN)

    assert people.erase("a")

    assert people.get("a") is None
    assert people.name_of("a") is None
    assert not people.matches("a", hashed)
    assert store_database["people"].count_documents({}) == 0
    assert people.put("a", AN) != hashed


def test_a_record_is_swapped_only_as_long_as_nobody_else_has_changed_it(store_database: Store) -> None:
    people = People(store_database)
    another: dict[str, Any] = {"name": "An", "more": {"b": {"version": 2}, "a": {"version": 1}}}

    assert people.swap("a", None, AN)
    assert not people.swap("a", None, another)
    assert people.swap("a", people.get("a"), another)
    assert not people.swap("a", AN, AN)
    assert people.get("a") == another
    assert people.swap("a", people.get("a"), AN)
    assert not people.swap("b", AN, another)
    assert people.get("b") is None


def test_a_swapped_record_keeps_its_salt(store_database: Store) -> None:
    people = People(store_database)
    hashed = people.put("a", AN)

    assert people.swap("a", AN, {"name": "An"})
    assert people.swap("a", {"name": "An"}, AN)

    assert people.matches("a", hashed)


def test_erasing_nobody_says_so(store_database: Store) -> None:
    assert not People(store_database).erase("a")


def test_a_record_without_a_name_names_nobody(store_database: Store) -> None:
    people = People(store_database)

    people.put("a", {"phone": "0900 000 001"})

    assert people.name_of("a") is None
