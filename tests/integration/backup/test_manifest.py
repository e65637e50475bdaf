"""A backup's word on itself is believed only as it was written, and never leads to a file that is no part of a backup."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from infra.backup.archive import Archive
from infra.backup.manifest import MANIFEST, DamagedBackupError, Manifest, NoBackupError, Part, read_manifest

HASH = 64 * "0"
ROWS = Part("content/things.bson.gz", HASH, 7, "content", "things", 3)
KEY = Part("var/secrets/audit-log.key.gz", HASH, 7, file="secrets/audit-log.key")
MADE = Manifest("binh-phuoc", "2026-11-21", "2026-11-21", "http://portal", {"content": 3}, 3, (ROWS, KEY))


def written(folder: Path, text: str) -> Path:
    (folder / MANIFEST).write_text(text, encoding="utf-8")
    return folder


def test_what_was_written_is_read(tmp_path: Path) -> None:
    assert read_manifest(written(tmp_path, MADE.to_json())) == MADE


@pytest.mark.parametrize("text", ["", "{}", "[]", "7", '{"format": 3}', '{"format": 2, "parts": [{}]}', "[" * 100_000])
def test_a_folder_without_a_whole_manifest_is_no_backup(tmp_path: Path, text: str) -> None:
    with pytest.raises(NoBackupError, match="holds no finished backup"):
        Archive(tmp_path)

    with pytest.raises(NoBackupError):
        Archive(written(tmp_path, text))


@pytest.mark.parametrize(
    "change",
    [
        lambda told: told["parts"].pop(),
        lambda told: told["parts"][0].update(collection="thinks", path="content/thinks.bson.gz"),
        lambda told: told["parts"].reverse(),
        lambda told: told["heads"].update(content=2),
        lambda told: told.update(sha256=HASH),
    ],
    ids=["a part dropped", "a letter flipped", "another order", "another head", "another hash"],
)
def test_what_is_not_as_it_was_written_is_named(tmp_path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    told = json.loads(MADE.to_json())
    change(told)

    with pytest.raises(DamagedBackupError, match=r"manifest\.json is not as it was written"):
        read_manifest(written(tmp_path, json.dumps(told)))


@pytest.mark.parametrize(
    "part",
    [
        replace(KEY, file="/etc/passwd", path="var//etc/passwd.gz"),
        replace(KEY, file="secrets/../../passwd", path="var/secrets/../../passwd.gz"),
        replace(KEY, file="secrets/audit-log/../../x", path="var/secrets/audit-log/../../x.gz"),
        replace(KEY, file="secrets/mongo-administrator", path="var/secrets/mongo-administrator.gz"),
        replace(KEY, file="audit/packs/pack.zip", path="var/audit/packs/pack.zip.gz"),
        replace(KEY, path="../elsewhere.gz"),
        replace(ROWS, path="/etc/passwd"),
        replace(ROWS, database="admin", path="admin/things.bson.gz"),
        replace(ROWS, database="content/..", path="content/../things.bson.gz"),
        replace(ROWS, collection="../x", path="content/../x.bson.gz"),
        replace(ROWS, collection="", path="content/.bson.gz"),
        replace(ROWS, sha256="0"),
        replace(ROWS, bytes=-1),
        ROWS,
    ],
    ids=lambda part: f"{part.file or part.collection} in {part.path}",
)
def test_a_part_that_leads_elsewhere_is_refused_even_under_a_right_hash(tmp_path: Path, part: Part) -> None:
    forged = replace(MADE, parts=(ROWS, KEY, part))

    with pytest.raises(DamagedBackupError, match=r"manifest\.json cannot be understood"):
        read_manifest(written(tmp_path, forged.to_json()))


@pytest.mark.parametrize(
    "forged",
    [
        replace(MADE, audit_size="3"),  # type: ignore[arg-type]
        replace(MADE, audit_size=True),
        replace(MADE, profile=None),  # type: ignore[arg-type]
        replace(MADE, heads=[3]),  # type: ignore[arg-type]
        replace(MADE, heads={"content": "3"}),  # type: ignore[dict-item]
        replace(MADE, parts=(replace(ROWS, bytes=7.5), KEY)),  # type: ignore[arg-type]
        replace(MADE, parts=(replace(ROWS, path=["content"]), KEY)),  # type: ignore[arg-type]
    ],
)
def test_a_field_of_another_kind_is_refused_even_under_a_right_hash(tmp_path: Path, forged: Manifest) -> None:
    with pytest.raises(DamagedBackupError, match=r"manifest\.json cannot be understood"):
        read_manifest(written(tmp_path, forged.to_json()))
