"""Whatever somebody with all rights does to a service's log while a monitor watches: it is named, and nothing else is."""

from typing import Any

import pytest
from bson.binary import Binary

from tests.integration.audit.watched import Deed, Watched

pytestmark = pytest.mark.servers


def content(*positions: int, kind: str) -> set[str]:
    return {f"content/{position} {kind}" for position in positions}


def set_in_commit(commit: int, field: str, value: Any) -> Deed:
    def deed(on: Watched) -> None:
        on.province.events("content").update_one({"_id": commit}, {"$set": {field: value}})
        on.rechain()

    return deed


def change_a_state_and_rechain(on: Watched) -> None:
    on.set_state(3, 1, b"sent", b"Sent")
    on.rechain()


def swap_two_commits(on: Watched) -> None:
    events = on.province.events("content")
    one, other = events.find_one({"_id": 6}), events.find_one({"_id": 9})
    assert one is not None
    assert other is not None
    events.delete_many({"_id": {"$in": [6, 9]}})
    events.insert_many([{**one, "_id": 9}, {**other, "_id": 6}])
    on.rechain()


def put_a_commit_in_between(on: Watched) -> None:
    events = on.province.events("content")
    commit = events.find_one({"_id": 9})
    assert commit is not None
    events.insert_one({**commit, "_id": 8, "e": [{**each, "v": 100, "s": b"{}"} for each in commit["e"]]})


def spell_a_subject_out(on: Watched) -> None:
    """The leaf of the event stays the same; its service does not find it any more."""
    commit = on.province.events("content").find_one({"_id": 6})
    assert commit is not None
    set_in_commit(6, "e.0.o", str(commit["e"][0]["o"]))(on)


DEEDS: dict[str, tuple[Deed, set[str]]] = {
    "an old event's bytes are changed": (
        lambda on: on.set_state(3, 1, b"sent", b"Sent"),
        {"content/3 unchained", "content/4 changed"},
    ),
    "an old event's bytes are changed, and the chain is made to fit": (
        change_a_state_and_rechain,
        content(4, kind="changed"),
    ),
    "an event gets another topic": (set_in_commit(6, "e.0.t", "province.matter.renamed"), content(6, kind="changed")),
    "an event gets another version": (set_in_commit(6, "e.0.v", 9), content(6, kind="changed")),
    "an event gets another subject": (set_in_commit(6, "e.0.o", "another"), content(6, kind="changed")),
    "an event's subject is spelt out, and the chain is made to fit": (
        spell_a_subject_out,
        content(6, kind="changed"),
    ),
    "a commit claims to have handled what comes before it, and the chain is made to fit": (
        set_in_commit(6, "k", {"a": "board", "n": 1, "p": 1_000}),
        content(6, kind="changed"),
    ),
    "a commit claims another number of events": (set_in_commit(6, "n", 2), content(6, kind="unchained")),
    "a commit is deleted": (
        lambda on: on.province.events("content").delete_one({"_id": 3}),
        content(3, 4, 5, kind="missing"),
    ),
    "a commit is put in between": (
        put_a_commit_in_between,
        content(8, kind="inserted") | content(9, kind="unchained"),
    ),
    "two commits are swapped": (swap_two_commits, content(6, kind="swapped")),
    "an event's subject is no UUID any more": (
        lambda on: on.province.events("content").update_one({"_id": 6}, {"$set": {"e.0.o": Binary(b"short", 4)}}),
        content(6, kind="unreadable"),
    ),
    "a commit without events is added": (
        lambda on: on.province.events("content").insert_one({"_id": 10, "n": 0, "e": [], "p": bytes(32), "h": b""}),
        content(10, kind="unchained"),
    ),
    "the end of a service's log is cut off": (
        lambda on: on.cut(11, content=6),
        content(7, 8, 9, kind="truncated"),
    ),
    "a service's log is emptied": (lambda on: on.cut(11, content=0), content(*range(1, 10), kind="truncated")),
    "a whole service's log is rewritten, with a chain that fits": (
        Watched.rewrite_store,
        content(*range(1, 10), kind="changed"),
    ),
}


@pytest.mark.parametrize("name", DEEDS)
def test_within_a_minute_it_is_named(watched: Watched, name: str) -> None:
    watched.names_within_a_minute(*DEEDS[name])
