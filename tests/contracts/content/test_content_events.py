"""Every event of content that was ever stored can be read for ever, and is spelled as it was."""

import json
from inspect import getmembers, isclass
from pathlib import Path
from uuid import UUID, uuid5

import pytest
from eventsourcing.persistence import Mapper, StoredEvent

from infra.event_store.transcoder import CanonicalTranscoder
from infra.kernel.aggregate import Event
from infra.kernel.canonical import canonical_json, content_hash
from services.content import messages
from services.content.domain.article import Article
from services.content.domain.attempt import Attempt
from services.content.domain.submission import Submission

GOLDEN = sorted(Path(__file__).parent.glob("*.json"))
SUBJECT = uuid5(UUID(int=1), "a subject")


def _topics() -> set[str]:
    nested = (
        value for kind in (Article, Attempt, Submission) for name, value in getmembers(kind, isclass) if name != "Event"
    )
    return {value.TOPIC for value in nested if issubclass(value, Event)}


def _stored(topic: str) -> dict[str, object]:
    found: dict[str, object] = json.loads((Path(__file__).parent / f"{topic}.v1.json").read_text())
    return found


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda path: path.stem)
def test_a_stored_event_loads_and_is_spelled_again_byte_for_byte(golden: Path) -> None:
    stored = canonical_json(json.loads(golden.read_text()))
    topic = golden.stem.rpartition(".v")[0]
    mapper: Mapper[UUID] = Mapper(CanonicalTranscoder())

    event = mapper.to_domain_event(StoredEvent(SUBJECT, 1, topic, stored))

    assert mapper.to_stored_event(event).state == stored


def test_every_event_has_a_golden_file() -> None:
    assert {path.stem.rpartition(".v")[0] for path in GOLDEN} == _topics()


def test_what_was_published_can_be_read_by_others_and_matches_its_hash() -> None:
    published = messages.ArticlePublished.read(SUBJECT, _stored(messages.ARTICLE_PUBLISHED))

    assert published.edition == 1
    assert published.content.texts["vi"].title
    assert content_hash(published.content.as_record()) == published.content_hash


def test_what_was_withdrawn_can_be_read_by_others() -> None:
    withdrawn = messages.ArticleWithdrawn.read(SUBJECT, _stored(messages.ARTICLE_WITHDRAWN))

    assert withdrawn.explanation["vi"]


def test_public_topics_are_topics_of_events() -> None:
    assert set(messages.PUBLIC_TOPICS) <= _topics()
