"""What leaves every hash as it was, what vouches for nothing, and what puts words into the mouth of the monitor."""

import json
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from bson.binary import Binary
from bson.code import Code
from bson.decimal128 import Decimal128

from infra.event_store import LogReader
from infra.kernel.clock import system_clock
from services.audit.bootstrap import logs_over
from services.audit.log.checkpoint import Checkpoint
from services.audit.log.differences import Difference, Kind
from services.audit.log.entries import EntryLog
from services.audit.log.pledges import Pledge
from services.audit.log.verification import Answer, Outcome
from services.audit.log.witnesses import WITNESS_UNREADABLE, far_journals
from services.audit.ui.verification import answer_of
from services.audit.watch.standing import NO_KEY
from services.audit.watch.word import Word
from tests.builders.spelled_twice import nested, put_in_place
from tests.builders.waiting import until
from tests.integration.audit.own_province import Province
from tests.integration.audit.watched import A_MINUTE, Watched

pytestmark = pytest.mark.servers

Deed = Callable[[Province], object]


@pytest.fixture
def audited(province: Province) -> Province:
    """Nine events of two services in two batches of the audit log."""
    province.write("board", "founded")  # board/1, entry 0
    province.write("content", "drafted", "sent")  # content/1-2, entries 1-2
    province.audit()
    province.write("board", "appointed")  # board/2, entry 3
    province.write("content", "drafted", "sent", "cleared")  # content/3-5, entries 4-6
    province.audit()
    return province


def set_in_commit(field: str, value: object) -> Deed:
    return lambda on: on.events("content").update_one({"_id": 3}, {"$set": {field: value}})


def set_in_entry(index: int, field: str, value: object) -> Deed:
    return lambda on: on.entries().update_one({"_id": index}, {"$set": {field: value}})


def put_an_event_at_no_position(place: object) -> Deed:
    """The next event of a matter, which its service would take for one of its own."""

    def deed(on: Province) -> None:
        commit = on.events("content").find_one({"_id": 3})
        assert commit is not None
        event = commit["e"][2]
        on.events("content").insert_one({"_id": place, "e": [{**event, "v": event["v"] + 1}]})

    return deed


def put_an_entry_at_no_index(place: object) -> Deed:
    def deed(on: Province) -> None:
        entry = on.entries().find_one({"_id": 1})
        on.entries().insert_one({**(entry or {}), "_id": place})

    return deed


def make_bytes_of_another_kind(on: Province) -> None:
    commit = on.events("content").find_one({"_id": 1})
    assert commit is not None
    on.events("content").update_one({"_id": 1}, {"$set": {"e.0.s": Binary(commit["e"][0]["s"], 128)}})


def spell_the_subject_out(on: Province) -> None:
    entry = on.entries().find_one({"_id": 1})
    assert entry is not None
    on.entries().update_one({"_id": 1}, {"$set": {"subject": str(entry["subject"])}})


def name_an_events_subject_twice(on: Province) -> None:
    """The service finds the event of another matter; who reads all of them reads the true one."""
    commit = on.events("content").find_one({"_id": 3})
    assert commit is not None
    told = [nested([("o", UUID(int=999)), *event.items()]) for event in commit["e"]]
    put_in_place(on.events("content"), {**commit, "e": told}, [])
    assert on.events("content").count_documents({"e.o": UUID(int=999)}) == 1


def name_an_entrys_service_twice(on: Province) -> None:
    entry = on.entries().find_one({"_id": 1})
    assert entry is not None
    put_in_place(on.entries(), entry, [("service", "board")])


def forge_a_witness_of_nothing(on: Province) -> None:
    """A note that nobody has signed, over a tree of no entries, in the place of all that was kept."""
    text = Checkpoint(on.signs.verifier.name, 0, bytes(32)).text
    on.entries().delete_many({"_id": {"$gte": 3}})
    on.events("content").delete_many({"_id": {"$gte": 3}})
    on.events("board").delete_many({"_id": {"$gte": 2}})
    for journal in (on.witnesses.journal, *on.witnesses.far):
        journal._path.unlink(missing_ok=True)
    on.witnesses.file._path.write_text(f"{text}\n— {on.signs.verifier.name} AAAA\n", encoding="utf-8")


PLACES: Iterable[object] = (-1, 0, float("nan"), "3", {"a": "board", "n": 2}, True)
BETWEEN: Iterable[object] = (2.5, float("inf"), Decimal128("2.5"), Decimal128("900"), Decimal128("Infinity"))
"""Numbers that compare with positions, and are none."""

DEEDS: dict[str, Deed] = {
    **{f"an event stands at {place!r}": put_an_event_at_no_position(place) for place in (*PLACES, *BETWEEN)},
    **{f"an entry stands at {place!r}": put_an_entry_at_no_index(place) for place in (*PLACES, *BETWEEN) if place != 0},
    "an event's topic is code": set_in_commit("e.0.t", Code("province.matter.begun")),
    "a commit's number of events is no whole number": set_in_commit("n", 3.0),
    "a commit's number of events is a decimal": set_in_commit("n", Decimal128("3")),
    "a commit's number of events is a truth": lambda on: on.events("content").update_one(
        {"_id": 1}, {"$set": {"n": True}}
    ),
    "a commit says more than commits say": set_in_commit("note", "read me"),
    "an event says more than events say": set_in_commit("e.0.note", "read me"),
    "an event's bytes are of another kind": make_bytes_of_another_kind,
    "an event names its subject twice": name_an_events_subject_twice,
    "an entry names its service twice": name_an_entrys_service_twice,
    "an entry's nodes are text": set_in_entry(0, "nodes", ""),
    "an entry's checkpoint is nothing": set_in_entry(2, "checkpoint", None),
    "an entry stands behind a gap": put_an_entry_at_no_index(5_000),
    "an entry's topic is code": set_in_entry(1, "topic", Code("province.matter.begun")),
    "an entry's version is text": set_in_entry(1, "version", "1"),
    "an entry's subject is text": spell_the_subject_out,
    "an entry says more than entries say": set_in_entry(1, "note", "read me"),
    "the heads that the next batch begins with are further": set_in_entry(6, "heads.content", 1_000),
    "the heads that the next batch begins with are gone": set_in_entry(6, "heads", {}),
    "the heads that the next batch begins with are no whole numbers": set_in_entry(6, "heads.content", 5.0),
    "heads of a batch long ago are others": set_in_entry(2, "heads.board", 2),
    "heads stand where no batch ends": set_in_entry(4, "heads", {"content": 2, "board": 2}),
    "a witness vouches for nothing": forge_a_witness_of_nothing,
}


@pytest.mark.parametrize("name", DEEDS)
def test_it_is_not_intact(audited: Province, name: str) -> None:
    assert audited.verify().answer is Answer.INTACT

    DEEDS[name](audited)

    assert audited.verify().answer is Answer.TAMPERED


def test_without_the_folder_elsewhere_an_earlier_state_of_everything_here_is_not_proven(
    audited: Province, tmp_path: Path
) -> None:
    """All databases and all files here are put back; the only one who would know is not to be reached."""
    far = tmp_path / "elsewhere"
    name = audited.signs.verifier.name
    databases = {service: audited.admin[f"{audited.prefix}_{service}_log"] for service in ("board", "content", "audit")}
    logs = logs_over(databases, name, tmp_path, str(far))
    far_journals(str(far), name)[0].append([Pledge.of("", audited.witnesses.file.note() or "")])
    assert logs.check(lambda *_: None).answer is Answer.INTACT

    far.rename(tmp_path / "away")

    outcome = logs.check(lambda *_: None)
    assert (outcome.answer, outcome.unproven) == (Answer.UNPROVEN, (WITNESS_UNREADABLE,))


# The monitor's word, and what it has found.


@pytest.mark.parametrize("place", BETWEEN)
def test_what_stands_between_positions_is_named_and_the_services_go_on(watched: Watched, place: object) -> None:
    head = LogReader(watched.province.events("content")).head()

    put_an_event_at_no_position(place)(watched.province)
    put_an_entry_at_no_index(place)(watched.province)

    until(lambda: watched.says(Answer.TAMPERED), A_MINUTE)
    until(lambda: {name.partition("/")[0] for name in watched.found()} == {"audit-log", "content"}, A_MINUTE)
    watched.province.restart()
    position = watched.province.write("content", "drafted")
    watched.province.audit()
    assert position == head + 1
    until(lambda: watched.standing.size == EntryLog(watched.province.entries()).signed(), A_MINUTE)


def kept_by_the_monitor(watched: Watched) -> Any:
    return watched.province.admin[f"{watched.province.prefix}_audit"]["monitor"]


def test_nobody_but_the_monitor_says_its_word(watched: Watched) -> None:
    watched.end()
    said = watched.standing
    later = said.heard_at + timedelta(hours=1)
    assert answer_of(watched.memory.said(), said.heard_at)[0] is Answer.INTACT

    kept_by_the_monitor(watched).update_one(
        {"_id": "state"}, {"$set": {"heard_at": later, "valid_until": later + timedelta(seconds=20)}}
    )

    assert answer_of(watched.memory.said(), later)[0] is Answer.UNPROVEN


def test_an_older_word_of_the_monitor_is_no_newer_one(watched: Watched) -> None:
    intact = kept_by_the_monitor(watched).find_one({"_id": "state"})
    watched.set_state(3, 1, b"sent", b"Sent")
    until(lambda: watched.says(Answer.TAMPERED), A_MINUTE)
    watched.end()
    now = watched.standing.heard_at + timedelta(seconds=30)

    kept_by_the_monitor(watched).replace_one({"_id": "state"}, intact)

    assert answer_of(watched.memory.said(), now)[0] is Answer.UNPROVEN


@pytest.mark.parametrize("deed", [{"$set": {"acknowledged_at": system_clock()}}, {"$unset": {"first_seen": 1}}, None])
def test_nobody_but_an_inspector_closes_what_was_found(watched: Watched, deed: dict[str, Any] | None) -> None:
    watched.set_state(3, 1, b"sent", b"Sent")
    until(lambda: watched.says(Answer.TAMPERED), A_MINUTE)
    watched.set_state(3, 1, b"Sent", b"sent")
    watched.all_is_read_again()
    before = watched.standing.findings

    findings = kept_by_the_monitor(watched)
    if deed is None:
        findings.delete_many({"_id": {"$ne": "state"}})
    else:
        findings.update_many({"_id": {"$ne": "state"}}, deed)
    watched.all_is_read_again()

    assert (watched.standing.state, watched.standing.findings) == (Answer.TAMPERED, before)
    watched.memory.acknowledge(system_clock())
    until(lambda: watched.says(Answer.INTACT), A_MINUTE)


def test_a_finding_that_somebody_makes_up_is_an_open_one_and_the_monitor_goes_on(watched: Watched) -> None:
    kept_by_the_monitor(watched).insert_one({"_id": f"content/{'9' * 5_000} changed"})

    until(lambda: watched.says(Answer.TAMPERED), A_MINUTE)
    watched.all_is_read_again()
    watched.memory.acknowledge(system_clock())
    until(lambda: watched.says(Answer.INTACT), A_MINUTE)


def test_what_no_key_has_signed_cannot_be_lost(watched: Watched) -> None:
    genuine = watched.witness_file.read_text(encoding="utf-8")
    watched.witness_file.write_text(genuine.replace("\n11\n", "\n1000000\n"), encoding="utf-8")
    until(lambda: watched.says(Answer.TAMPERED), A_MINUTE)

    watched.witness_file.write_text(genuine, encoding="utf-8")
    watched.all_is_read_again()

    assert watched.found() == set()


def test_what_a_reading_has_found_is_said_whatever_becomes_of_the_row_that_tells_of_it() -> None:
    word = Word(system_clock, open_findings=0)

    word.concluded(Outcome(1, bytes(32), (), (Difference("content", 1, Kind.CHANGED),), total=1), open_findings=0)

    assert (word.now().state, word.now().findings) == (Answer.TAMPERED, 1)


def test_keys_that_somebody_puts_in_the_place_of_the_log_s_own_prove_nothing(watched: Watched) -> None:
    """Everything is rewritten, and signed with a key that the file of public keys names instead."""
    other = watched.other_key
    (watched.folder / "secrets" / "audit-log.pub").write_text(f"{other.verifier}\n", encoding="utf-8")
    notes = watched.rewrite_everything(other)
    lines = [json.dumps({"size": size, "note": note}) for size, note in zip((1, 6, 7, 11), notes, strict=True)]
    for journal in (watched.journal_file, watched.far_file):
        journal.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    watched.witness_file.write_text(notes[-1], encoding="utf-8")

    until(lambda: NO_KEY in watched.standing.reasons, A_MINUTE)
    assert watched.standing.state is not Answer.INTACT
