"""Whatever somebody with all rights does to a database, verification names the service, the position and the deed."""

from typing import Any

import pytest

from infra.event_store.commit import from_document, sealed
from services.audit.log.checkpoint import Unproven
from services.audit.log.differences import AUDIT_LOG, Difference, Kind
from services.audit.log.entries import Entry
from services.audit.log.leaf import leaf_of
from services.audit.log.tree import Frontier
from services.audit.log.verification import NOTHING_SIGNED, Answer
from tests.integration.audit.own_province import Province

pytestmark = pytest.mark.servers


@pytest.fixture
def audited(province: Province) -> Province:
    """Twelve events in seven commits of two services, all of them in the audit log."""
    province.write("board", "founded")  # board/1
    province.write("content", "drafted", "sent")  # content/1-2
    province.write("content", "drafted", "sent", "cleared")  # content/3-5
    province.audit()
    province.write("board", "appointed")  # board/2
    province.write("content", "published")  # content/6
    province.write("content", "drafted", "sent")  # content/7-8
    province.write("content", "withdrawn")  # content/9
    province.audit()
    return province


def recomputed(province: Province, service: str) -> None:
    """Give every commit the hash that it would have had, as somebody would who knows how."""
    previous = bytes(32)
    for document in list(province.events(service).find().sort("_id", 1)):
        commit = from_document(document)
        anew = sealed(commit.first, commit.entries, commit.handled, previous)
        province.events(service).update_one({"_id": commit.first}, {"$set": {"p": anew.previous, "h": anew.hash}})
        previous = anew.hash


def set_state(province: Province, commit: int, place: int, old: bytes, new: bytes) -> None:
    state = province.events("content").find_one({"_id": commit})["e"][place]["s"]  # type: ignore[index]
    assert old in state
    province.events("content").update_one({"_id": commit}, {"$set": {f"e.{place}.s": state.replace(old, new, 1)}})


def content(position: int, kind: Kind, until: int | None = None) -> Difference:
    return Difference("content", position, kind, until)


def entry(index: int, kind: Kind, until: int | None = None) -> Difference:
    return Difference(AUDIT_LOG, index, kind, until)


def test_logs_that_nobody_touched_are_intact(audited: Province) -> None:
    outcome = audited.verify()

    assert outcome.answer is Answer.INTACT
    assert outcome.size == 11
    assert [(c.service, c.commits, c.events, c.head, c.waiting) for c in outcome.services] == [
        ("board", 2, 2, 2, 0),
        ("content", 5, 9, 9, 0),
    ]


def test_where_nothing_was_ever_signed_nothing_is_proven(province: Province) -> None:
    outcome = province.verify()

    assert (outcome.answer, outcome.unproven, outcome.size) == (Answer.UNPROVEN, (NOTHING_SIGNED,), 0)


def test_progress_is_told_from_nothing_to_all(audited: Province) -> None:
    heard: list[tuple[int, int]] = []

    audited.verify(lambda done, of: heard.append((done, of)))

    assert heard[0] == (0, 11)
    assert heard[-1] == (11, 11)


def test_events_that_have_not_arrived_yet_are_waiting(audited: Province) -> None:
    audited.write("content", "drafted", "sent")

    outcome = audited.verify()

    assert outcome.answer is Answer.INTACT
    assert [checked.waiting for checked in outcome.services] == [0, 2]


def test_one_changed_byte_of_one_event_is_named(audited: Province) -> None:
    set_state(audited, 3, 1, b"sent", b"Sent")

    assert audited.verify().differences == (content(3, Kind.UNCHAINED), content(4, Kind.CHANGED))


def test_a_changed_byte_is_named_even_when_every_hash_is_recomputed(audited: Province) -> None:
    set_state(audited, 3, 1, b"sent", b"Sent")
    recomputed(audited, "content")

    assert audited.verify().differences == (content(4, Kind.CHANGED),)


def test_a_changed_byte_of_an_event_that_has_not_arrived_breaks_the_chain(audited: Province) -> None:
    audited.write("content", "drafted")
    set_state(audited, 10, 0, b"drafted", b"Drafted")

    assert audited.verify().differences == (content(10, Kind.UNCHAINED),)


@pytest.mark.parametrize("field", ["e.0.v", "e.0.t", "e.0.o"])
def test_an_event_that_claims_to_be_another_is_named(audited: Province, field: str) -> None:
    value: Any = {"e.0.v": 9, "e.0.t": "province.matter.renamed", "e.0.o": "another"}[field]
    audited.events("content").update_one({"_id": 6}, {"$set": {field: value}})
    recomputed(audited, "content")

    assert audited.verify().differences == (content(6, Kind.CHANGED),)


def test_a_deleted_commit_is_named_with_each_of_its_positions(audited: Province) -> None:
    audited.events("content").delete_one({"_id": 3})

    assert audited.verify().differences == (
        content(3, Kind.MISSING),
        content(4, Kind.MISSING),
        content(5, Kind.MISSING),
    )


def test_two_commits_in_each_others_place_are_named(audited: Province) -> None:
    events = audited.events("content")
    one, other = events.find_one({"_id": 6}), events.find_one({"_id": 9})
    assert one is not None
    assert other is not None
    events.delete_many({"_id": {"$in": [6, 9]}})
    events.insert_many([{**one, "_id": 9}, {**other, "_id": 6}])
    recomputed(audited, "content")

    assert audited.verify().differences == (content(6, Kind.SWAPPED, 9),)


def test_two_events_in_each_others_place_are_named(audited: Province) -> None:
    events = audited.events("content")
    commit = events.find_one({"_id": 7})
    assert commit is not None
    events.update_one({"_id": 7}, {"$set": {"e": commit["e"][::-1]}})

    assert audited.verify().differences == (content(7, Kind.SWAPPED, 8),)


def test_a_commit_put_in_between_is_named(audited: Province) -> None:
    events = audited.events("content")
    commit = events.find_one({"_id": 9})
    assert commit is not None
    forged = [{**each, "v": 100 + each["v"], "s": b"{}"} for each in commit["e"]]
    events.insert_one({**commit, "_id": 8, "e": forged})

    outcome = audited.verify()

    assert content(8, Kind.INSERTED) in outcome.differences


def test_a_tail_that_was_cut_off_is_named(audited: Province) -> None:
    audited.events("content").delete_many({"_id": {"$gte": 7}})
    recomputed(audited, "content")

    assert audited.verify().differences == tuple(content(position, Kind.TRUNCATED) for position in (7, 8, 9))


def test_a_changed_hash_of_a_commit_is_named(audited: Province) -> None:
    audited.events("content").update_one({"_id": 3}, {"$set": {"h": bytes(32)}})

    assert audited.verify().differences == (content(3, Kind.UNCHAINED), content(6, Kind.UNCHAINED))


@pytest.mark.parametrize("damage", [{"$unset": {"e": 1}}, {"$set": {"e.0.s": "text"}}, {"$set": {"e.0.v": "one"}}])
def test_a_commit_that_cannot_be_read_is_named_and_the_rest_is_checked(
    audited: Province, damage: dict[str, Any]
) -> None:
    audited.events("content").update_one({"_id": 3}, damage)
    set_state(audited, 9, 0, b"withdrawn", b"Withdrawn")

    differences = audited.verify().differences

    assert content(3, Kind.UNREADABLE) in differences
    assert content(9, Kind.CHANGED) in differences


def test_the_last_commit_that_cannot_be_read_is_named(audited: Province) -> None:
    audited.events("content").update_one({"_id": 9}, {"$unset": {"n": 1, "e": 1}})

    assert audited.verify().differences == (content(9, Kind.UNREADABLE),)


def test_a_changed_entry_of_the_audit_log_is_named_and_the_service_is_not_blamed(audited: Province) -> None:
    audited.entries().update_one({"_id": 3}, {"$set": {"topic": "province.matter.renamed"}})

    assert audited.verify().differences == (entry(3, Kind.CHANGED),)


def test_an_entry_changed_together_with_its_hash_is_named(audited: Province) -> None:
    forge(audited, 4, b"forged")

    assert audited.verify().differences == (entry(4, Kind.CHANGED, 5), content(4, Kind.CHANGED))


def test_a_log_and_its_audit_changed_together_no_longer_fit_to_the_signatures(audited: Province) -> None:
    """Somebody who knows everything but the key: event, chain, entry, and every hash of the tree are made to fit."""
    set_state(audited, 3, 1, b"sent", b"Sent")
    recomputed(audited, "content")
    state = audited.events("content").find_one({"_id": 3})["e"][1]["s"]  # type: ignore[index]
    forge(audited, 4, state)
    regrow(audited)

    assert audited.verify().differences == (entry(1, Kind.UNSIGNED, 5),)


def test_a_deleted_entry_of_the_audit_log_is_named(audited: Province) -> None:
    audited.entries().delete_one({"_id": 2})

    assert entry(2, Kind.MISSING) in audited.verify().differences


def test_an_entry_of_the_audit_log_that_cannot_be_read_is_named(audited: Province) -> None:
    audited.entries().update_one({"_id": 2}, {"$unset": {"subject": 1}})

    assert entry(2, Kind.UNREADABLE) in audited.verify().differences


def test_an_audit_log_that_has_lost_its_end_is_named(audited: Province) -> None:
    audited.entries().delete_many({"_id": {"$gte": 6}})

    assert audited.verify().differences == (entry(6, Kind.TRUNCATED, 10),)


def test_both_logs_without_their_end_are_found_out_by_the_witness(audited: Province) -> None:
    audited.entries().delete_many({"_id": {"$gte": 6}})
    audited.events("content").delete_many({"_id": {"$gte": 6}})
    audited.events("board").delete_many({"_id": 2})

    assert audited.verify().differences == (entry(6, Kind.TRUNCATED, 10),)


def test_an_audit_log_of_which_nothing_is_left_is_named(audited: Province) -> None:
    audited.entries().delete_many({})

    assert audited.verify().differences == (entry(0, Kind.TRUNCATED, 10),)


def test_signatures_that_were_taken_away_are_missed(audited: Province) -> None:
    audited.entries().update_many({}, {"$unset": {"checkpoint": 1}})

    assert audited.verify().differences == (entry(0, Kind.UNSIGNED, 10),)


def test_a_forged_signature_is_named(audited: Province) -> None:
    note = audited.signs.sign(11, bytes(32))
    audited.entries().update_one({"_id": 10}, {"$set": {"checkpoint": note}})

    assert audited.verify().differences == (entry(7, Kind.UNSIGNED, 10),)


def test_verification_can_change_nothing(audited: Province) -> None:
    before = [list(audited.events(service).find()) for service in audited.services], list(audited.entries().find())

    audited.verify()

    after = [list(audited.events(service).find()) for service in audited.services], list(audited.entries().find())
    assert after == before


def test_a_log_that_was_rewritten_as_a_whole_is_not_signed_again_by_whoever_starts_anew(audited: Province) -> None:
    forge(audited, 3, b"{}")
    regrow(audited)
    audited.entries().update_many({}, {"$unset": {"checkpoint": "", "heads": ""}})
    audited.restart()
    audited.write("content", "drafted")

    with pytest.raises(Unproven):
        audited.audit()

    assert entry(0, Kind.UNSIGNED, 10) in audited.verify().differences


def forge(province: Province, index: int, state: bytes) -> None:
    """Make an entry fit to other bytes of its event, its leaf hash included."""
    stored = province.entries().find_one({"_id": index})
    assert stored is not None
    leaf = Entry.from_document(stored).leaf
    forged = leaf_of(leaf.service, leaf.position, leaf.topic, leaf.subject, leaf.version, state)
    province.entries().update_one({"_id": index}, {"$set": {"state": forged.state_hash, "leaf": forged.hash}})


def regrow(province: Province) -> None:
    """Recompute every hash of the tree."""
    tree = Frontier()
    for stored in list(province.entries().find().sort("_id", 1)):
        province.entries().update_one({"_id": stored["_id"]}, {"$set": {"nodes": tree.append(stored["leaf"])}})
