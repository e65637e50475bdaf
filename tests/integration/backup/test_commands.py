"""What a person at a terminal is told: what was done, what is kept, and why something is not done."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from infra.backup import record
from infra.backup.__main__ import UnsettledError, alone, settle
from infra.backup.manifest import Manifest, read_manifest
from infra.backup.stores import Stores
from infra.backup.unfinished import Held
from infra.local.mongod import Mongod
from tests.integration.backup.forging import forge
from tests.integration.backup.terminal import Terminal
from tests.integration.backup.test_taking_and_restoring import Service

pytestmark = pytest.mark.servers


@pytest.fixture
def terminal(mongod: Mongod, province: Stores, tmp_path: Path) -> Terminal:
    Service(province).act()
    return Terminal(mongod, province.prefix, tmp_path / "var")


def test_the_last_backups_stay_and_the_newest_is_written_down(terminal: Terminal) -> None:
    backups = record.backups_in(terminal.var)
    for name in ("20260101T000000Z", "20260102T000000Z", "by-hand"):
        (backups / name).mkdir(parents=True)
        (backups / name / "manifest.json").touch()
    assert record.last(terminal.var) is None

    said = terminal.run("take", "--keep", "2")

    assert said.returncode == 0, said.stderr
    made = record.last(terminal.var)
    assert made is not None
    left = {path.name for path in backups.iterdir() if path.is_dir()}
    assert left == {"20260102T000000Z", "by-hand", Path(made.folder).name}
    assert (made.heads, made.audit_size, made.documents) == ({"board": 0, "content": 1, "audit": 0}, 1, 5)
    assert set(json.loads((backups / "last.json").read_text(encoding="utf-8"))) == set(made.__slots__)
    assert terminal.run("check", made.folder).stdout == "Every file is as it was written.\n"


def test_only_one_backup_is_taken_at_a_time_and_what_a_killed_one_has_left_goes(terminal: Terminal) -> None:
    backups = record.backups_in(terminal.var)
    (backups / ".20260101T000000Z.unfinished" / "content").mkdir(parents=True)

    with alone(backups):
        said = terminal.run("take")
    assert (said.returncode, said.stderr) == (1, "Another backup is just being taken.\n")

    assert terminal.run("take").returncode == 0
    assert list(backups.glob(".*")) == []


def test_a_backup_that_cannot_be_written_says_why(terminal: Terminal) -> None:
    said = terminal.run("take", "--to", "/proc/backup")

    assert said.returncode == 1
    assert "/proc/" in said.stderr
    assert "Traceback" not in said.stderr


def test_a_folder_that_is_there_is_not_written_over(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()

    said = terminal.run("take", "--to", str(tmp_path / "there"))

    assert (said.returncode, "is there already" in said.stderr) == (1, True)
    assert record.last(terminal.var) is None


def test_what_is_brought_back_and_cannot_be_proven_is_not_called_restored(
    terminal: Terminal, mongod: Mongod, empty: Stores, tmp_path: Path
) -> None:
    terminal.run("take", "--to", str(tmp_path / "copy"))
    manifest = tmp_path / "copy" / "manifest.json"
    elsewhere = Terminal(mongod, empty.prefix, tmp_path / "elsewhere")

    assert f"PROFILE is {empty.prefix.replace('_', '-')}" in elsewhere.run("restore", str(tmp_path / "copy")).stderr

    forged = replace(read_manifest(tmp_path / "copy"), profile=empty.prefix.replace("_", "-"))
    manifest.write_text(forged.to_json(), encoding="utf-8")
    said = elsewhere.run("restore", str(tmp_path / "copy"))
    assert said.returncode == 1
    assert "NOT RESTORED" in said.stdout
    again = elsewhere.run("restore", str(tmp_path / "copy"))
    assert (again.returncode, "are not empty" in again.stderr) == (1, True)
    backup = elsewhere.run("take")
    assert (backup.returncode, "secrets/not-restored" in backup.stderr) == (1, True)


def test_a_log_that_cannot_be_decoded_is_not_called_restored(
    terminal: Terminal, mongod: Mongod, empty: Stores, tmp_path: Path
) -> None:
    terminal.run("take", "--to", str(tmp_path / "copy"))
    forge(tmp_path / "copy", "content_log/events.bson.gz", b"no archive")
    forged = replace(read_manifest(tmp_path / "copy"), profile=empty.prefix.replace("_", "-"))
    (tmp_path / "copy" / "manifest.json").write_text(forged.to_json(), encoding="utf-8")

    said = Terminal(mongod, empty.prefix, tmp_path / "elsewhere").run("restore", str(tmp_path / "copy"))

    assert (said.returncode, said.stderr) == (1, "")
    assert "NOT RESTORED: content_log/events.bson.gz holds what nobody can read" in said.stdout


def test_a_manifest_that_was_altered_is_named(terminal: Terminal, tmp_path: Path) -> None:
    terminal.run("take", "--to", str(tmp_path / "copy"))
    manifest = tmp_path / "copy" / "manifest.json"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace("things", "thinks"), encoding="utf-8")

    said = terminal.run("check", str(tmp_path / "copy"))

    assert said.returncode == 1
    assert said.stderr == (
        "The backup is damaged, and nothing of it was used: manifest.json is not as it was written.\n"
    )


def test_the_backup_just_taken_stays_whatever_the_clock_says(terminal: Terminal) -> None:
    backups = record.backups_in(terminal.var)
    for name in ("29990101T000000Z", "29990102T000000Z"):
        (backups / name).mkdir(parents=True)
        (backups / name / "manifest.json").touch()

    said = terminal.run("take", "--keep", "1")

    assert said.returncode == 0, said.stderr
    made = record.last(terminal.var)
    assert made is not None
    assert {path for path in backups.iterdir() if path.is_dir()} == {Path(made.folder)}


def test_an_old_backup_that_cannot_be_removed_does_not_make_the_new_one_unfinished(tmp_path: Path) -> None:
    backups, made = record.backups_in(tmp_path), Manifest("test", "2026", "2026", "http://portal", {}, 0, ())
    for name in ("20260101T000000Z", "20260102T000000Z", ".20260101T000000Z.unfinished"):
        (backups / name).mkdir(parents=True)
        (backups / name / "manifest.json").touch()

    with pytest.raises(UnsettledError, match="20260102T000000Z is whole, but an older one could not be removed"):
        settle(tmp_path, backups / "20260102T000000Z", made, 1)

    last = record.last(tmp_path)
    assert last is not None
    assert last.folder == str(backups / "20260102T000000Z")


def test_of_a_backup_that_is_being_removed_nothing_is_taken_for_a_whole_one(terminal: Terminal, tmp_path: Path) -> None:
    backups = record.backups_in(terminal.var)
    backups.mkdir(parents=True)
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "manifest.json").touch()
    (backups / "20260101T000000Z").symlink_to(tmp_path / "old")
    (backups / ".20250101T000000Z.unfinished").symlink_to(tmp_path / "old")

    assert terminal.run("take", "--keep", "1").returncode == 0

    assert [path for path in backups.iterdir() if path.is_symlink()] == []
    assert (tmp_path / "old" / "manifest.json").is_file()


def test_a_backup_that_cannot_be_written_down_is_whole_all_the_same(terminal: Terminal, tmp_path: Path) -> None:
    (record.backups_in(terminal.var) / "last.json").mkdir(parents=True)

    said = terminal.run("take", "--to", str(tmp_path / "copy"))

    assert said.returncode == 1
    assert "is whole, but could not be written down" in said.stderr
    assert terminal.run("check", str(tmp_path / "copy")).returncode == 0


@pytest.mark.parametrize("place", ["/", "."])
def test_a_place_that_has_no_name_is_refused(terminal: Terminal, place: str) -> None:
    said = terminal.run("take", "--to", place)

    assert (said.returncode, said.stderr) == (1, f"{place} is there already.\n")


def test_what_a_killed_backup_has_left_elsewhere_goes_with_the_next_one(terminal: Terminal, tmp_path: Path) -> None:
    copies = tmp_path / "copies"
    for name in (".monday.unfinished", ".of others.unfinished", ".written.unfinished"):
        (copies / name / "var").mkdir(parents=True)
    (copies / ".monday.unfinished" / "held").touch()
    written = Held(copies / ".written.unfinished")

    said = terminal.run("take", "--to", str(copies / "tuesday"))

    written.release(copies / ".written.unfinished")
    assert said.returncode == 0, said.stderr
    assert {path.name for path in copies.iterdir()} == {"tuesday", ".of others.unfinished", ".written.unfinished"}
    assert not (copies / "tuesday" / "held").exists()
