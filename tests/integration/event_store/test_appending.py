"""A commit goes behind the head that its writer saw, or not at all."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from eventsourcing.persistence import StoredEvent, Tracking
from pymongo.collection import Collection

from infra.event_store import LogReader, chain_breaks
from infra.event_store.appending import Outcome, append
from infra.event_store.connection import DURABLE
from infra.event_store.drafting import Draft, Drafter, Head
from infra.event_store.saving import Save
from infra.kernel.ids import new_id

pytestmark = pytest.mark.servers

Events = Collection[dict[str, Any]]
MOVED, WRITTEN = Outcome(head_moved=True), Outcome(written=True)


def a_save(version: int = 1, subject: UUID | None = None, tracking: Tracking | None = None) -> Save:
    return Save([StoredEvent(subject or new_id(), version, "a.topic", b"{}")], tracking)


def a_draft(head: Head, *saves: Save, durable: bool = True) -> Draft:
    draft = Drafter(lambda _: None, lambda _: False).draft(saves or [a_save()], replace(head, durable=durable))
    assert draft
    return draft


def appended(events: Events, head: Head) -> Head:
    draft = a_draft(head)
    assert append(events.with_options(write_concern=DURABLE), draft) == WRITTEN
    return draft.after


def is_whole(events: Events, commits: int) -> bool:
    found = LogReader(events).commits(0, 100)
    return len(found) == commits and list(chain_breaks(found)) == []


@pytest.mark.parametrize("durable", [True, False])
def test_behind_the_head_it_is_written(events: Events, durable: bool) -> None:
    head = appended(events, Head())

    assert append(events, a_draft(head, durable=durable)) == WRITTEN
    assert is_whole(events, commits=2)


@pytest.mark.parametrize("durable", [True, False])
def test_behind_a_commit_that_another_follows_it_is_not_written(events: Events, durable: bool) -> None:
    first = appended(events, Head())
    appended(events, first)

    assert append(events, a_draft(first, durable=durable)) == MOVED
    assert is_whole(events, commits=2)


def test_behind_a_head_that_vanished_it_is_not_written(events: Events) -> None:
    first = appended(events, Head())
    vanished = a_draft(first).after

    assert append(events, a_draft(vanished, durable=False)) == MOVED
    assert is_whole(events, commits=1)


@pytest.mark.parametrize("durable", [True, False])
def test_a_version_that_is_taken_is_named_and_nothing_of_the_group_is_written(events: Events, durable: bool) -> None:
    subject = new_id()
    head = a_draft(Head(), a_save(1, subject))
    append(events, head)

    group = a_draft(head.after, a_save(), a_save(1, subject), a_save(), durable=durable)

    assert append(events, group) == Outcome(taken=(subject, 1))
    assert is_whole(events, commits=1)


def test_a_group_is_one_commit_in_which_each_save_has_its_positions(events: Events) -> None:
    saves = [a_save(), Save([StoredEvent(new_id(), v, "a.topic", b"{}") for v in (1, 2)], None), a_save()]
    draft = a_draft(Head(), *saves)
    append(events, draft)
    draft.succeed()

    assert [save.positions for save in saves] == [[1], [2, 3], [4]]
    assert is_whole(events, commits=1)


def test_saves_of_one_version_and_saves_that_handle_positions_do_not_go_together() -> None:
    subject = new_id()
    first, same, other = a_save(1, subject), a_save(1, subject), a_save()
    handling = [a_save(tracking=Tracking("content", position)) for position in (1, 2)]

    assert a_draft(Head(), first, same, other).saves == [first]
    assert a_draft(Head(), *handling).saves == handling[:1]
    assert a_draft(Head(), first, handling[0], other).saves == [first, handling[0], other]
