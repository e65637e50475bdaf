"""Whatever somebody with all rights does to the logs while a monitor watches: it is named, and nothing else is."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bson.binary import Binary

from tests.builders.waiting import until
from tests.integration.audit.watched import A_MINUTE, Watched

pytestmark = pytest.mark.servers

Deed = Callable[[Watched], Any]


def content(*positions: int, kind: str) -> set[str]:
    return {f"content/{position} {kind}" for position in positions}


def set_in_commit(commit: int, field: str, value: Any) -> Deed:
    def deed(on: Watched) -> None:
        on.province.events("content").update_one({"_id": commit}, {"$set": {field: value}})
        on.rechain()

    return deed


def set_in_entry(index: int, **fields: Any) -> Deed:
    return lambda on: on.province.entries().update_one({"_id": index}, {"$set": fields})


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


def put_an_entry_in_between(on: Watched) -> None:
    entry = on.province.entries().find_one({"_id": 4})
    assert entry is not None
    on.province.entries().insert_one({**entry, "_id": 4.5})


def spell_a_subject_out(on: Watched) -> None:
    """The leaf of the event stays the same; its service does not find it any more."""
    commit = on.province.events("content").find_one({"_id": 6})
    assert commit is not None
    set_in_commit(6, "e.0.o", str(commit["e"][0]["o"]))(on)


def enlarged(note: str) -> str:
    name, size, *rest = note.split("\n")
    return "\n".join([name, size + "0" * 5_000, *rest])


def enlarge_a_checkpoint(on: Watched) -> None:
    entry = on.province.entries().find_one({"_id": 5})
    assert entry is not None
    set_in_entry(5, checkpoint=enlarged(entry["checkpoint"]))(on)


def rewrite_and_replace(*, journal: bool) -> Deed:
    """With the stolen key, and with everything on this machine made to fit."""

    def deed(on: Watched) -> None:
        notes = on.rewrite_everything(on.stolen_key)
        on.witness_file.write_text(notes[-1], encoding="utf-8")
        if journal:
            lines = [
                json.dumps({"size": size, "note": note}) + "\n" for size, note in zip((1, 6, 7, 11), notes, strict=True)
            ]
            on.write_journal(on.journal_file, [line.encode() for line in lines])

    return deed


def go_back_to_an_older_checkpoint(on: Watched) -> None:
    older = on.province.entries().find_one({"_id": 5})
    assert older is not None
    on.witness_file.write_text(older["checkpoint"], encoding="utf-8")


def cut_lines(file: str, keep: Callable[[int], bool]) -> Deed:
    def deed(on: Watched) -> None:
        path: Path = getattr(on, file)
        on.write_journal(
            path, [line for place, line in enumerate(path.read_bytes().splitlines(keepends=True)) if keep(place)]
        )

    return deed


def replace_far_by_forged(on: Watched) -> None:
    line = json.dumps({"size": 11, "note": on.other_key.sign(11, bytes(32))}) + "\n"
    on.write_journal(on.far_file, [line.encode()])


DEEDS: dict[str, tuple[Deed, set[str]]] = {
    # events of a service
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
    # entries of the audit log
    "an entry is changed": (set_in_entry(3, topic="province.matter.renamed"), {"audit-log/3 changed"}),
    "an entry is changed with its hash": (
        lambda on: on.forge_entry(4, b"forged"),
        {"audit-log/4 changed", "content/4 changed"},
    ),
    "a node of the tree is changed": (set_in_entry(3, nodes=[bytes(32), bytes(32)]), {"audit-log/0 changed"}),
    "an entry is deleted": (
        lambda on: on.province.entries().delete_one({"_id": 2}),
        {"audit-log/2 missing", "content/2 inserted"},
    ),
    "an entry is put in between": (put_an_entry_in_between, {"audit-log/4 inserted"}),
    "an entry's subject is no UUID any more": (
        set_in_entry(2, subject=Binary(b"short", 4)),
        {"audit-log/2 changed"},
    ),
    "a checkpoint claims more entries than a number has digits for": (
        enlarge_a_checkpoint,
        {"audit-log/1 unsigned"},
    ),
    "a checkpoint is forged": (set_in_entry(5, checkpoint="forged"), {"audit-log/1 unsigned"}),
    "a checkpoint is removed": (
        lambda on: on.province.entries().update_one({"_id": 5}, {"$unset": {"checkpoint": 1}}),
        {"audit-log/5 unsealed"},
    ),
    "the last checkpoint is removed": (
        lambda on: on.province.entries().update_one({"_id": 10}, {"$unset": {"checkpoint": 1}}),
        {"audit-log/7 unsigned"},
    ),
    "all checkpoints are removed": (
        lambda on: on.province.entries().update_many({}, {"$unset": {"checkpoint": 1}}),
        {"audit-log/0 unsigned"},
    ),
    "the end of the audit log is cut off": (lambda on: on.cut(6), {"audit-log/6 truncated"}),
    "both logs lose their end": (lambda on: on.cut(6, content=5, board=1), {"audit-log/6 truncated"}),
    "the audit log is emptied": (lambda on: on.cut(0), {"audit-log/0 truncated"}),
    "all logs are emptied": (lambda on: on.cut(0, content=0, board=0), {"audit-log/0 truncated"}),
    # signatures
    "everything is rewritten and signed with another key": (
        lambda on: on.rewrite_everything(on.other_key),
        {"audit-log/0 unsigned"},
    ),
    "everything is rewritten and signed with the stolen key": (
        lambda on: on.rewrite_everything(on.stolen_key),
        {"audit-log/1 unsigned"},
    ),
    "everything is rewritten with the stolen key, and the witness file too": (
        rewrite_and_replace(journal=False),
        {"audit-log/1 unsigned"},
    ),
    "everything on this machine is rewritten with the stolen key": (
        rewrite_and_replace(journal=True),
        {"audit-log/7 unsigned"},
    ),
    # what is kept outside the database
    "the witness file is removed": (lambda on: on.witness_file.unlink(), {"witness:checkpoint/11 lost"}),
    "the witness file is replaced by something else": (
        lambda on: on.witness_file.write_text("nothing", encoding="utf-8"),
        {"witness:checkpoint/11 forged"},
    ),
    "the witness file claims more entries than a number has digits for": (
        lambda on: on.witness_file.write_text(enlarged(on.witness_file.read_text(encoding="utf-8")), encoding="utf-8"),
        {"witness:checkpoint/11 forged"},
    ),
    "the witness file is replaced by a forged one": (
        lambda on: on.witness_file.write_text(on.other_key.sign(11, bytes(32)), encoding="utf-8"),
        {"witness:checkpoint/11 forged"},
    ),
    "the witness file is replaced by an older one": (go_back_to_an_older_checkpoint, {"witness:checkpoint/6 lost"}),
    "the journal is removed": (lambda on: on.journal_file.unlink(), {"witness:journal/11 lost"}),
    "the journal loses its end": (cut_lines("journal_file", lambda place: place < 2), {"witness:journal/11 lost"}),
    "the journal loses a line": (cut_lines("journal_file", lambda place: place != 1), {"witness:journal/6 lost"}),
    "the copy elsewhere loses its end": (
        cut_lines("far_file", lambda place: place < 2),
        set(),  # brought back at once from the journal here, which vouches for it
    ),
    "the copy elsewhere is replaced by a forged one": (replace_far_by_forged, {"witness:{elsewhere}/11 forged"}),
}


@pytest.mark.parametrize("name", DEEDS)
def test_within_a_minute_it_is_named(watched: Watched, name: str) -> None:
    deed, expected = DEEDS[name]
    named = {each.replace("{elsewhere}", str(watched.folder / "elsewhere")) for each in expected}

    deed(watched)

    if named:
        until(lambda: watched.found() >= named, A_MINUTE)
    watched.all_is_read_again()
    assert watched.found() == named
