"""Whatever somebody with all rights does to the audit log while a monitor watches: it is named, and nothing else is."""

from typing import Any

import pytest
from bson.binary import Binary

from tests.integration.audit.watched import Deed, Watched, enlarged

pytestmark = pytest.mark.servers


def set_in_entry(index: int, **fields: Any) -> Deed:
    return lambda on: on.province.entries().update_one({"_id": index}, {"$set": fields})


def put_an_entry_in_between(on: Watched) -> None:
    entry = on.province.entries().find_one({"_id": 4})
    assert entry is not None
    on.province.entries().insert_one({**entry, "_id": 4.5})


def enlarge_a_checkpoint(on: Watched) -> None:
    entry = on.province.entries().find_one({"_id": 5})
    assert entry is not None
    set_in_entry(5, checkpoint=enlarged(entry["checkpoint"]))(on)


DEEDS: dict[str, tuple[Deed, set[str]]] = {
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
}


@pytest.mark.parametrize("name", DEEDS)
def test_within_a_minute_it_is_named(watched: Watched, name: str) -> None:
    watched.names_within_a_minute(*DEEDS[name])
