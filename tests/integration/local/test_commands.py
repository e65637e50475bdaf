"""The runner's commands beside a system that runs, and without one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra.local import process_table
from infra.local.places import ROOT, Places
from infra.local.run_state import MemberState, RunState
from infra.local.stack import Stack
from infra.settings import environment

pytestmark = pytest.mark.servers
PROJECTOR = "projector content"


def command(var: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "infra.local", *arguments],
        cwd=ROOT,
        env={**environment(), "VAR_DIR": str(var)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_status_names_every_process_with_its_state(stack: Stack) -> None:
    told = command(stack.places.var, "status")

    assert told.returncode == 0
    assert told.stdout.splitlines()[-1] == "The portal is ready."
    assert f"{PROJECTOR:<20}ready       {stack.pid(PROJECTOR)}" in told.stdout


def test_status_names_a_process_that_starting_again_does_not_help(tmp_path: Path) -> None:
    places, runner = Places(tmp_path), os.getpid()
    places.state.parent.mkdir()
    failing = MemberState("press", "restarting", restarts=7, failing=True, code=-9)
    RunState(runner, process_table.started(runner), ready=True, members=(failing,)).save(places.state)

    told = command(tmp_path, "status").stdout.splitlines()[0]

    assert told.endswith("restarts: 7   ENDS AGAIN AND AGAIN, with code -9: see var/log/press.jsonl")


@pytest.mark.parametrize("service", ["board", "content", "audit"])
def test_a_rebuild_acts_as_the_service_whether_its_projector_runs_or_not(stack: Stack, service: str) -> None:
    told = command(stack.places.var, "run", service, "infra.read_store.rebuild", service)

    assert told.returncode == 0, told.stdout + told.stderr
    assert "rebuild_finished" in told.stdout


def test_commands_say_so_when_nothing_runs(tmp_path: Path) -> None:
    status, run = command(tmp_path, "status"), command(tmp_path, "run", "audit", "services.audit.verify")

    assert (status.returncode, status.stdout) == (1, "The portal does not run.\n")
    assert (run.returncode, run.stderr.strip()) == (
        1,
        "The portal does not run: start it with `make up` first, in another terminal.",
    )


def test_reset_stops_what_runs_and_removes_all_that_it_has_written(
    tmp_path: Path, bus_elsewhere: dict[str, str]
) -> None:
    var = tmp_path / "var"
    stack = Stack(var, only=[PROJECTOR], settings=bus_elsewhere).start()

    told = command(var, "reset")

    assert told.returncode == 0
    assert not var.exists()
    assert stack.stop() == 0


def test_reset_keeps_backups_and_says_so(tmp_path: Path) -> None:
    var, disk = tmp_path / "var", tmp_path / "disk"
    for name in ("backups/20261121T021500Z", "mongod/data", "secrets"):
        (var / name).mkdir(parents=True)
    for name in ("backups/last.json", "secrets/audit-log.key", "demo-loaded"):
        (var / name).touch()
    disk.mkdir()
    (var / "site").symlink_to(disk)

    told = command(var, "reset")

    assert told.returncode == 0
    assert told.stdout.startswith(f"Removed {var} but the backups in {var / 'backups'}")
    assert {path.relative_to(var).as_posix() for path in var.rglob("*")} == {
        "backups",
        "backups/20261121T021500Z",
        "backups/last.json",
    }
    assert disk.is_dir()


def test_reset_keeps_backups_that_lie_on_another_disk(tmp_path: Path) -> None:
    var, disk = tmp_path / "var", tmp_path / "disk"
    for folder in (var / "mongod", disk):
        folder.mkdir(parents=True)
    (var / "backups").symlink_to(disk)

    told = command(var, "reset")

    assert told.stdout.startswith(f"Removed {var} but the backups in {var / 'backups'}")
    assert [path.name for path in var.iterdir()] == ["backups"]
    assert (var / "backups").is_symlink()
