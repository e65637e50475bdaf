"""Whoever signs everything anew, or changes what is kept outside the database, while a monitor watches: it is named."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.audit.watched import Deed, Watched, enlarged

pytestmark = pytest.mark.servers


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
    watched.names_within_a_minute(*DEEDS[name])
