"""The long logs that benches and faults are run on are logs as the system itself would have written them."""

from collections.abc import Iterator
from typing import Any

import pytest
from pymongo.database import Database

from infra.event_store import Commit, LogReader, ServiceApplication, chain_breaks, create_log
from infra.kernel.canonical import canonical_json, content_hash
from infra.messaging.envelope import Envelope
from services.content.domain.article import Article
from services.content.domain.attempt import Attempt
from services.content.messages import ARTICLE_PUBLISHED, ArticlePublished
from tests.builders.long_log import write_long_log

pytestmark = pytest.mark.servers

EVENTS = 3_000


@pytest.fixture
def log(log_database: Database[dict[str, Any]]) -> Database[dict[str, Any]]:
    create_log(log_database)
    write_long_log(log_database["events"], EVENTS)
    return log_database


def commits(log: Database[dict[str, Any]]) -> Iterator[Commit]:
    return iter(LogReader(log["events"]).commits(0, 2 * EVENTS))


def test_a_long_log_is_unbroken(log: Database[dict[str, Any]]) -> None:
    assert list(chain_breaks(commits(log))) == []
    assert EVENTS <= LogReader(log["events"]).head() <= EVENTS + 1


def test_its_items_can_be_loaded_and_their_hashes_are_right(log: Database[dict[str, Any]]) -> None:
    entries = LogReader(log["events"]).page(0, EVENTS)
    newsroom = ServiceApplication(log, Attempt)

    for subject in {entry.originator_id for entry in entries if entry.topic.startswith("content.article.")}:
        article = newsroom.load(Article, subject)
        assert content_hash(article.content) == article.content_hash

    newsroom.close()


def test_its_states_are_canonical_and_some_items_are_public(log: Database[dict[str, Any]]) -> None:
    envelopes = [Envelope.from_entry("content", entry) for entry in LogReader(log["events"]).page(0, EVENTS)]
    editions = [ArticlePublished.read(e.subject, e.data) for e in envelopes if e.topic == ARTICLE_PUBLISHED]

    assert len({slug for edition in editions for slug in edition.slugs.values()}) >= len({e.article for e in editions})
    assert 8 <= len(editions) <= 40
    for entry, envelope in zip(LogReader(log["events"]).page(0, EVENTS), envelopes, strict=True):
        assert canonical_json(envelope.data) == entry.state


def test_it_is_the_same_log_every_time_and_another_one_for_another_seed(
    log: Database[dict[str, Any]], store_database: Database[dict[str, Any]]
) -> None:
    for name, seed in (("again", 1), ("other", 2)):
        create_log(store_database, name)
        write_long_log(store_database[name], EVENTS, seed)

    first, again, other = (
        list(each.find().sort("_id", 1)) for each in (log["events"], store_database["again"], store_database["other"])
    )
    assert again == first
    assert other != first
