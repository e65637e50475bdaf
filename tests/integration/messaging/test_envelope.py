"""What travels between services is what is stored, and nothing that is not ours is taken for an event."""

from dataclasses import dataclass
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.kernel.canonical import canonical_json
from infra.messaging.envelope import Envelope
from infra.messaging.errors import MalformedEnvelope

ARTICLE = UUID("00000000-0000-0000-0000-00000000000a")
FIELDS = {
    "timestamp": "2026-03-02T01:30:00.000000+00:00",
    "act": {"account": str(ARTICLE), "capacity": "secretary", "correlation": "c-1"},
    "clause": "QC2024 Đ10.1b",
    "title": "Thông báo",
}


@dataclass(frozen=True)
class AnEntry:
    position: int = 42
    originator_id: UUID = ARTICLE
    version: int = 3
    topic: str = "content.article.cleared"
    state: bytes = canonical_json(FIELDS)


def test_an_entry_of_the_log_becomes_a_cloud_event_with_its_position() -> None:
    event = Envelope.from_entry("content", AnEntry()).to_cloudevent("binh-phuoc")

    assert event == {
        "specversion": "1.0",
        "id": "content/42",
        "source": "/binh-phuoc/content",
        "type": "content.article.cleared",
        "subject": str(ARTICLE),
        "time": "2026-03-02T01:30:00.000000+00:00",
        "datacontenttype": "application/json",
        "position": 42,
        "version": 3,
        "correlationid": "c-1",
        "data": FIELDS,
    }


_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), _values, max_size=5), st.integers(1, 2**31 - 1))
def test_what_was_sent_is_what_is_read_to_the_last_byte(facts: dict[str, object], position: int) -> None:
    state = canonical_json({**facts, **FIELDS})
    sent = Envelope.from_entry("content", AnEntry(position=position, state=state))

    read = Envelope.from_json(sent.to_json("binh-phuoc"))

    assert read == sent
    assert read.state == state


@pytest.mark.parametrize(("state", "schema"), [(FIELDS, 1), ({**FIELDS, "class_version": 3}, 3)])
def test_an_event_says_in_its_fields_of_which_version_they_are(state: dict[str, object], schema: int) -> None:
    told = Envelope.from_entry("content", AnEntry(state=canonical_json(state))).to_json("binh-phuoc")

    assert Envelope.from_json(told).schema == schema


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"null",
        b'"text"',
        b"{}",
        b'{"source": 1}',
        canonical_json({**Envelope.from_entry("content", AnEntry()).to_cloudevent("p"), "position": 0}),
        canonical_json({**Envelope.from_entry("content", AnEntry()).to_cloudevent("p"), "position": "42"}),
        canonical_json({**Envelope.from_entry("content", AnEntry()).to_cloudevent("p"), "position": True}),
        canonical_json({**Envelope.from_entry("content", AnEntry()).to_cloudevent("p"), "subject": "nobody"}),
        canonical_json({**Envelope.from_entry("content", AnEntry()).to_cloudevent("p"), "time": "yesterday"}),
        canonical_json({**Envelope.from_entry("content", AnEntry()).to_cloudevent("p"), "type": ""}),
        canonical_json({**Envelope.from_entry("content", AnEntry()).to_cloudevent("p"), "data": [1]}),
        canonical_json({**Envelope.from_entry("content", AnEntry()).to_cloudevent("p"), "specversion": "2.0"}),
        canonical_json(
            {**Envelope.from_entry("content", AnEntry()).to_cloudevent("p"), "data": {"class_version": "2"}}
        ),
    ],
)
def test_bytes_that_are_no_event_of_ours_are_told_apart(body: bytes) -> None:
    with pytest.raises(MalformedEnvelope):
        Envelope.from_json(body)
