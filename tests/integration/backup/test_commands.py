"""What a person at a terminal is told: what was done, what is kept, and why something is not done."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from infra.backup import record
from infra.backup.__main__ import alone
from infra.backup.stores import Stores
from infra.local.mongod import Mongod
from infra.local.places import ROOT, Places
from infra.local.programs import CannotStartError
from infra.local.provision import MongoProvision
from infra.local.restoring import Restoring
from infra.settings import RunnerSettings, environment
from tests.integration.backup.conftest import SERVICES
from tests.integration.backup.test_taking_and_restoring import Service

pytestmark = pytest.mark.servers


class Terminal:
    """Runs `python -m infra.backup` for a province, with keys in a folder of its own."""

    def __init__(self, mongod: Mongod, prefix: str, var: Path) -> None:
        provision = MongoProvision(mongod.url, prefix)
        self.var = var
        self._settings = {
            "PROFILE": prefix.replace("_", "-"),
            "VAR_DIR": str(var),
            "MONGO_URL": mongod.url,
            "BACKUP_MONGO_URL": provision.backup(SERVICES, "secret"),
            "AUDIT_VERIFIER_MONGO_URL": provision.verifier(SERVICES, "secret"),
        }

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = (sys.executable, "-m", "infra.backup", *arguments)
        own = {**environment(), **self._settings}
        return subprocess.run(command, cwd=ROOT, env=own, capture_output=True, text=True, check=False, timeout=60)


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

    told = manifest.read_text(encoding="utf-8")
    manifest.write_text(told.replace(json.loads(told)["profile"], empty.prefix.replace("_", "-")), encoding="utf-8")
    said = elsewhere.run("restore", str(tmp_path / "copy"))
    assert said.returncode == 1
    assert "NOT RESTORED" in said.stdout
    again = elsewhere.run("restore", str(tmp_path / "copy"))
    assert (again.returncode, "are not empty" in again.stderr) == (1, True)


def test_a_portal_that_is_there_is_not_touched_unless_one_says_so(taking_folder: Path, tmp_path: Path) -> None:
    places = Places(tmp_path / "here")
    for path in (places.mongod / "data", places.secrets):
        path.mkdir(parents=True)
    (places.secrets / "audit-log.key").write_text("key", encoding="ascii")
    (places.secrets / "mongo-administrator").write_text("stays", encoding="ascii")

    with pytest.raises(CannotStartError, match=r"mongod, secrets/audit-log\.key"):
        Restoring(RunnerSettings(), places, taking_folder).prepare()
    assert (places.mongod / "data").is_dir()

    Restoring(RunnerSettings(), places, taking_folder, over=True).prepare()
    assert {path.name for path in places.var.rglob("*")} == {"secrets", "mongo-administrator", "not-restored"}


def test_a_damaged_backup_removes_nothing(taking_folder: Path, tmp_path: Path) -> None:
    places = Places(tmp_path / "here")
    places.mongod.mkdir(parents=True)
    next(taking_folder.rglob("*.gz")).write_bytes(b"other bytes")

    with pytest.raises(CannotStartError, match="Nothing was restored"):
        Restoring(RunnerSettings(), places, taking_folder, over=True).prepare()

    assert places.mongod.is_dir()
    assert not places.unrestored.exists()


@pytest.fixture
def taking_folder(terminal: Terminal, tmp_path: Path) -> Path:
    """A backup that was just taken."""
    assert terminal.run("take", "--to", str(tmp_path / "copy")).returncode == 0
    return tmp_path / "copy"
