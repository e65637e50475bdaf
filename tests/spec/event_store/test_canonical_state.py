"""What an event's state looks like in the log, for ever."""

import json
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.event_store import CanonicalTranscoder, NotStorable
from infra.kernel.canonical import canonical_json

NOON = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


class Colour(StrEnum):
    RED = "red"


def test_keys_are_sorted_and_text_is_plain_utf8() -> None:
    stored = CanonicalTranscoder().encode({"title": "Bình Phước", "timestamp": NOON, "act": {"b": 1, "a": None}})

    assert stored.decode() == (
        '{"act":{"a":null,"b":1},"timestamp":"2026-01-31T12:00:00.000000+00:00","title":"Bình Phước"}'
    )


def test_an_instant_of_another_zone_is_stored_in_utc() -> None:
    seven_in_hanoi = datetime(2026, 1, 31, 19, 0, tzinfo=timezone(timedelta(hours=7)))

    assert CanonicalTranscoder().encode({"timestamp": seven_in_hanoi}) == CanonicalTranscoder().encode(
        {"timestamp": NOON}
    )


@settings(max_examples=30)
@given(st.dictionaries(st.text().filter(lambda key: key != "timestamp"), json_values, max_size=5), st.datetimes())
def test_what_was_stored_comes_back_and_is_spelled_the_same_again(state: dict[str, Any], instant: datetime) -> None:
    transcoder = CanonicalTranscoder()
    state["timestamp"] = instant.replace(tzinfo=UTC)

    stored = transcoder.encode(state)
    given_back = transcoder.decode(stored)

    assert given_back == state
    assert transcoder.encode(given_back) == stored
    assert canonical_json(json.loads(stored)) == stored


@pytest.mark.parametrize(
    ("value", "place"),
    [
        (NOON, "state.facts[0] is a datetime"),
        (("a", "b"), "state.facts[0] is a tuple"),
        ({"a"}, "state.facts[0] is a set"),
        (b"bytes", "state.facts[0] is a bytes"),
        (Colour.RED, "state.facts[0] is a Colour"),
        ({1: "one"}, "state.facts[0] has the key 1"),
        ({"deep": [object()]}, "state.facts[0].deep[0] is a object"),
    ],
)
def test_a_value_that_json_would_not_give_back_is_a_fault_that_names_its_place(value: Any, place: str) -> None:
    with pytest.raises(NotStorable, match=place.replace("[", r"\[").replace("]", r"\]")):
        CanonicalTranscoder().encode({"timestamp": NOON, "facts": [value]})


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_number_that_json_does_not_know_is_a_fault(number: float) -> None:
    with pytest.raises(NotStorable, match="not JSON"):
        CanonicalTranscoder().encode({"rate": number})


def test_an_instant_without_a_zone_is_a_fault() -> None:
    with pytest.raises(NotStorable, match="no time zone"):
        CanonicalTranscoder().encode({"timestamp": NOON.replace(tzinfo=None)})
