"""A portal that a restore takes the place of is lost only to a restored one that is intact, wherever the restore is killed."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import cast

import pytest

from infra.backup.manifest import MANIFEST
from infra.local.places import Places
from infra.local.programs import CannotStartError
from infra.local.restoring import Restoring
from infra.local.runner import Runner
from infra.local.unrestored import Stage
from infra.settings import RunnerSettings
from tests.integration.backup.portal_here import PORTAL, RESTORED, STAYS, Said, command, lay, lies


class Ends:
    """A runner under which a restore writes something, and ends in its way."""

    def __init__(self, var: Path, end: Callable[[], int]) -> None:
        self._var, self._end = var, end

    async def during(self, _work: Callable[[], Awaitable[int]]) -> int:
        lay(self._var, RESTORED)
        return self._end()


def intact(places: Places, then: Callable[[], int] = lambda: 0) -> Callable[[], int]:
    """What was restored is intact; something may still happen while the servers stop."""

    def end() -> int:
        places.unrestored.remove()
        return then()

    return end


def fail(failure: BaseException) -> Callable[[], int]:
    def end() -> int:
        raise failure

    return end


def run(restoring: Restoring, end: Callable[[], int]) -> int:
    runner = cast("Runner", Ends(restoring.places.var, end))
    return asyncio.run(restoring.run(runner))


@pytest.fixture
def restoring(places: Places, copy: Path, said: Said) -> Restoring:
    return Restoring(RunnerSettings(), places, copy, over=True, say=said)


def test_a_portal_that_is_there_is_not_touched_unless_one_says_so(restoring: Restoring, places: Places) -> None:
    with pytest.raises(CannotStartError, match=r"mongod, .*, secrets/audit-log\.key"):
        Restoring(RunnerSettings(), places, restoring.folder).prepare()

    assert lies(places.var) == PORTAL | STAYS


def test_what_is_restored_and_intact_takes_the_place_of_the_portal(restoring: Restoring, places: Places) -> None:
    restoring.prepare()
    assert lies(places.replaced) == PORTAL
    assert places.unrestored.stage is Stage.MOVED
    assert run(restoring, intact(places)) == 0

    assert lies(places.var) == RESTORED | STAYS
    assert not places.replaced.exists()
    assert not places.discarded.exists()


@pytest.mark.parametrize(
    ("end", "raised"),
    [
        (lambda: 1, None),
        (fail(CannotStartError("the port is used")), CannotStartError),
        (fail(OSError(28, "No space left on device")), CannotStartError),
        (fail(asyncio.CancelledError()), asyncio.CancelledError),
        (fail(LookupError()), LookupError),
    ],
    ids=["not intact", "port busy", "disk full", "Ctrl-C", "our mistake"],
)
def test_a_portal_is_put_back_when_the_restore_fails(
    restoring: Restoring, places: Places, said: Said, end: Callable[[], int], raised: type[BaseException] | None
) -> None:
    restoring.prepare()

    if raised is None:
        assert run(restoring, end) == 1
    else:
        with pytest.raises(raised):
            run(restoring, end)

    assert lies(places.var) == PORTAL | STAYS
    assert not places.replaced.exists()
    assert said == ["\nNothing was restored; the portal that was here is as it was."]


def test_what_is_intact_stays_though_somebody_stops_the_command_then(
    restoring: Restoring, places: Places, said: Said
) -> None:
    restoring.prepare()

    with pytest.raises(asyncio.CancelledError):
        run(restoring, intact(places, fail(asyncio.CancelledError())))

    assert lies(places.var) == RESTORED | STAYS
    assert not places.replaced.exists()
    assert said == []


def test_where_nothing_was_a_restore_that_fails_leaves_its_mark(copy: Path, said: Said, tmp_path: Path) -> None:
    places = Places(tmp_path / "empty")
    restoring = Restoring(RunnerSettings(), places, copy, say=said)
    restoring.prepare()

    assert run(restoring, lambda: 1) == 1

    assert places.unrestored.there
    assert lies(places.var).items() >= RESTORED.items()
    assert said == []
    again = Restoring(RunnerSettings(), places, copy, over=True, say=said)
    again.prepare()
    assert run(again, intact(places)) == 0
    assert lies(places.var) == RESTORED


@pytest.mark.parametrize("moved", range(len(PORTAL) + 1))
@pytest.mark.parametrize("direction", ["aside", "back"])
def test_a_kill_while_the_portal_is_moved_loses_nothing(
    restoring: Restoring, places: Places, moved: int, direction: str
) -> None:
    places.unrestored.note(Stage.MOVING)
    paths = restoring.replacing.here()
    going = paths[:moved] if direction == "aside" else paths[moved:]
    for path in going:
        target = places.replaced / path.relative_to(places.var)
        target.parent.mkdir(parents=True, exist_ok=True)
        path.rename(target)

    restoring.prepare()
    assert lies(places.replaced) == PORTAL
    run(restoring, lambda: 1)

    assert lies(places.var) == PORTAL | STAYS


@pytest.mark.parametrize("stage", [Stage.MOVED, Stage.WRITING])
def test_a_kill_while_the_backup_is_written_leaves_the_portal_to_be_put_back(
    restoring: Restoring, places: Places, said: Said, stage: Stage
) -> None:
    restoring.prepare()
    lay(places.var, RESTORED)
    places.unrestored.note(stage)

    refused = command(places.var, "up")
    assert refused.returncode == 1
    assert "did not come to its end" in refused.stderr
    assert str(places.unrestored.path) in refused.stderr
    assert str(places.replaced) in refused.stderr

    again = Restoring(RunnerSettings(), places, restoring.folder, over=True, say=said)
    again.prepare()
    assert {name for name in lies(places.var) if not name.startswith("replaced/")} == {*STAYS, "secrets/not-restored"}
    assert lies(places.replaced) == PORTAL
    run(again, lambda: 1)
    assert lies(places.var) == PORTAL | STAYS


@pytest.mark.parametrize("arguments", [("run", "backup", "infra.backup", "take"), ("up",)])
def test_nothing_else_is_done_while_a_backup_is_restored(places: Places, arguments: tuple[str, ...]) -> None:
    places.unrestored.note(Stage.WRITING)

    said = command(places.var, *arguments)

    assert said.returncode == 1
    assert str(places.unrestored.path) in said.stderr
    assert "Traceback" not in said.stderr


def test_what_cannot_end_well_moves_nothing(restoring: Restoring, places: Places, tmp_path: Path) -> None:
    other = RunnerSettings(profile="another-province")
    damaged = tmp_path / "damaged"
    damaged.mkdir()
    (damaged / MANIFEST).write_text("{", encoding="ascii")
    unreadable = tmp_path / "unreadable"
    (unreadable / MANIFEST).mkdir(parents=True)

    for settings, folder in ((other, restoring.folder), (RunnerSettings(), damaged), (RunnerSettings(), unreadable)):
        with pytest.raises(CannotStartError, match="Nothing was restored"):
            Restoring(settings, places, folder, over=True).prepare()
        assert lies(places.var) == PORTAL | STAYS


def test_pages_that_lie_on_another_disk_are_moved_as_the_link_that_they_are(
    restoring: Restoring, places: Places, tmp_path: Path
) -> None:
    places.site.rename(tmp_path / "disk")
    places.site.symlink_to(tmp_path / "disk")
    (places.var / "search" / "index").unlink()
    (places.var / "search").rmdir()
    (places.var / "search").symlink_to(tmp_path / "nowhere")

    restoring.prepare()
    assert (places.replaced / "site").is_symlink()
    run(restoring, lambda: 1)
    assert places.site.resolve() == tmp_path / "disk"
    assert (places.var / "search").is_symlink()

    restoring.prepare()
    run(restoring, intact(places))
    assert lies(tmp_path / "disk") == {"current/index.html": "page"}
    assert not places.site.exists()


def test_a_portal_that_cannot_be_moved_stays_as_it_was(restoring: Restoring, places: Places, said: Said) -> None:
    places.replaced.symlink_to("nowhere")

    with pytest.raises(CannotStartError, match="There is no room"):
        restoring.prepare()

    places.replaced.unlink()
    assert lies(places.var) == PORTAL | STAYS
    assert said == ["\nNothing was restored; the portal that was here is as it was."]


def test_a_portal_moved_aside_of_which_nothing_tells_is_not_removed(restoring: Restoring, places: Places) -> None:
    lay(places.replaced, PORTAL)

    with pytest.raises(CannotStartError, match="nothing says of which portal"):
        restoring.prepare()

    assert lies(places.replaced) == PORTAL


def test_databases_elsewhere_that_hold_a_part_of_the_backup_keep_the_portal_from_starting(
    places: Places, copy: Path, said: Said
) -> None:
    settings = RunnerSettings(mongo_url="mongodb://elsewhere")
    restoring = Restoring(settings, places, copy, over=True, say=said)
    restoring.prepare()

    def end() -> int:
        places.unrestored.note(Stage.WRITING)
        return 1

    run(restoring, end)

    assert lies(places.var) == PORTAL | STAYS | {"secrets/not-restored": "moving"}
    assert "the databases at MONGO_URL may hold a part of the backup" in said[0]
    again = Restoring(settings, places, copy, over=True, say=said)
    again.prepare()
    run(again, lambda: 1)
    assert lies(places.var) == PORTAL | STAYS | {"secrets/not-restored": "moving"}
