"""The supervisor waits until programs are ready, starts again what ends, and stops all in the opposite order."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra.local import process_table
from infra.local.programs import CannotStartError, Program
from infra.local.supervisor import AwaitReady, Member, Supervisor

READY = 'print(\'{"event": "process_ready"}\', flush=True)'
WAIT = "import signal; signal.pause()"
TELLS_ITS_END = f"""
import signal
signal.pthread_sigmask(signal.SIG_BLOCK, {{signal.SIGTERM}})
{READY}
signal.sigwait({{signal.SIGTERM}})
print('{{"event": "told_to_stop"}}', flush=True)
"""
IGNORES_SIGTERM = f"""
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
{READY}
while True: signal.pause()
"""


class Scene:
    """A supervisor with everything that it was told."""

    def __init__(self, directory: Path, stop_timeout_s: float = 10, long_life_s: float = 30) -> None:
        self.directory = directory
        self.told: list[tuple[str, dict[str, Any]]] = []
        self._changed = asyncio.Event()
        self.supervisor = Supervisor(self._hear, self._hear, self._changed.set, stop_timeout_s, long_life_s)

    def member(self, name: str, code: str, stage: int = 1, await_ready: AwaitReady | None = None) -> Member:
        program = Program(name, (sys.executable, "-c", code), {"PATH": "/usr/bin"}, self.directory)
        return Member(program, stage, await_ready)

    async def start(self, name: str, code: str, stage: int = 1) -> Member:
        member = self.member(name, code, stage)
        await self.supervisor.start(member, timeout_s=20)
        return member

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    def events(self, event: str) -> list[str]:
        return [name for name, fields in self.told if fields.get("event") == event]

    def reasons(self) -> list[str]:
        return [fields["reason"] for _, fields in self.told if "reason" in fields]

    def _hear(self, name: str, line: str) -> dict[str, Any]:
        fields: dict[str, Any] = json.loads(line) if line.startswith("{") else {"event": line}
        json.dumps(fields, ensure_ascii=False).encode()  # what is shown is written somewhere
        self.told.append((name, fields))
        return fields


def test_a_killed_program_is_started_again_and_becomes_ready_again(tmp_path: Path) -> None:
    async def story() -> None:
        scene = Scene(tmp_path)
        member = await scene.start("press", f"{READY}; {WAIT}")
        first = member.snapshot()
        assert first.pid is not None

        os.kill(first.pid, signal.SIGKILL)

        await scene.until(lambda: member.state == "ready" and member.restarts == 1)
        assert member.snapshot().pid != first.pid
        assert scene.events("process_ended") == ["press"]
        await scene.supervisor.stop()

    asyncio.run(story())


def test_later_stages_are_told_to_stop_before_earlier_ones(tmp_path: Path) -> None:
    async def story() -> list[str]:
        scene = Scene(tmp_path)
        for stage, name in enumerate(("server", "listener", "teller")):
            await scene.start(name, TELLS_ITS_END, stage)
        await scene.supervisor.stop()
        return scene.events("told_to_stop")

    assert asyncio.run(story()) == ["teller", "listener", "server"]


def test_a_program_that_does_not_stop_in_time_is_killed(tmp_path: Path) -> None:
    async def story() -> Member:
        scene = Scene(tmp_path, stop_timeout_s=0.2)
        member = await scene.start("stubborn", IGNORES_SIGTERM)
        await scene.supervisor.stop()
        return member

    member = asyncio.run(story())
    assert member.state == "stopped"
    assert member.process is not None
    assert member.process.returncode == -signal.SIGKILL


def test_a_program_that_ends_again_and_again_before_it_is_ready_is_given_up_with_its_name(tmp_path: Path) -> None:
    async def story() -> None:
        scene = Scene(tmp_path)
        await scene.start("press", "raise SystemExit(3)")

    with pytest.raises(CannotStartError, match="`press` ends while it is starting"):
        asyncio.run(story())


def test_a_program_that_never_says_that_it_is_ready_is_named_after_its_time(tmp_path: Path) -> None:
    async def story() -> None:
        scene = Scene(tmp_path)
        try:
            await scene.supervisor.start(scene.member("press", WAIT), timeout_s=0.3)
        finally:
            await scene.supervisor.stop()

    with pytest.raises(CannotStartError, match="`press` was not ready within 0 seconds"):
        asyncio.run(story())


def test_a_pause_between_two_lives_does_not_delay_the_stop(tmp_path: Path) -> None:
    async def story() -> Member:
        scene = Scene(tmp_path)
        once = f"import pathlib; p = pathlib.Path('lived'); {READY}; p.touch()"
        member = await scene.start("press", once)
        await scene.until(lambda: member.restarts == 4)
        async with asyncio.timeout(1):
            await scene.supervisor.stop()
        return member

    assert asyncio.run(story()).state == "stopped"


def test_a_process_id_that_was_given_to_another_process_is_not_taken_for_ours() -> None:
    own = process_table.started(os.getpid())

    assert own is not None
    assert process_table.started(2**22 + 1) is None


def test_a_program_that_ends_again_and_again_is_said_to_be_failing_until_it_lives_long_enough(tmp_path: Path) -> None:
    dies_three_times = f"""
import pathlib, signal
lives = pathlib.Path("lives")
lives.write_text(lives.read_text() + "x" if lives.exists() else "x")
{READY}
len(lives.read_text()) <= 3 or signal.pause()
"""

    async def story() -> list[bool]:
        scene = Scene(tmp_path, long_life_s=0.5)
        member = await scene.start("press", dies_three_times)
        await scene.until(lambda: member.restarts == 3)
        told = [member.snapshot().failing]
        await scene.until(lambda: not member.snapshot().failing)
        told.append(member.snapshot().failing)
        assert (member.state, member.restarts, member.snapshot().code) == ("ready", 3, 0)
        await scene.supervisor.stop()
        return told

    assert asyncio.run(story()) == [True, False]


def test_pauses_between_short_lives_grow(tmp_path: Path) -> None:
    async def story() -> list[float]:
        scene = Scene(tmp_path)
        member = await scene.start("press", READY)
        await scene.until(lambda: member.restarts == 3)
        await scene.supervisor.stop()
        return [fields["pause_s"] for _, fields in scene.told if fields.get("event") == "process_ended"]

    assert asyncio.run(story()) == [0.2, 0.4, 0.8]


def test_after_a_long_life_a_program_is_started_again_at_once(tmp_path: Path) -> None:
    async def story() -> list[float]:
        scene = Scene(tmp_path, long_life_s=0)
        member = await scene.start("press", READY)
        await scene.until(lambda: member.restarts == 3)
        await scene.supervisor.stop()
        return [fields["pause_s"] for _, fields in scene.told if fields.get("event") == "process_ended"]

    assert asyncio.run(story()) == [0.2, 0.2, 0.2]


def test_a_program_that_cannot_be_started_for_a_while_is_started_as_soon_as_it_can_be(tmp_path: Path) -> None:
    async def story() -> None:
        scene = Scene(tmp_path / "work")
        scene.directory.mkdir()
        member = await scene.start("press", f"{READY}; {WAIT}")
        scene.directory.rmdir()

        os.kill(member.snapshot().pid or 0, signal.SIGKILL)
        await scene.until(lambda: member.restarts == 3)
        assert member.snapshot().pid is None
        scene.directory.mkdir()

        await scene.until(lambda: member.state == "ready")
        assert len(scene.reasons()) == member.restarts - 1
        assert all("No such file or directory" in reason for reason in scene.reasons())
        await scene.supervisor.stop()

    asyncio.run(story())


class Doors:
    """A server that lets nobody in at some of its starts; `refusals` says at which it is asked in vain, from 0."""

    def __init__(self, *refusals: int) -> None:
        self.refusals = refusals
        self.starts = 0

    def await_ready(self, _alive: Callable[[], bool]) -> None:
        self.starts += 1
        if self.starts - 1 in self.refusals:
            raise LookupError("no such user")


@pytest.mark.parametrize("code", [WAIT, IGNORES_SIGTERM], ids=["that-ends", "that-ignores-sigterm"])
def test_a_server_that_cannot_be_used_after_a_restart_is_started_again_until_it_can(tmp_path: Path, code: str) -> None:
    async def story() -> None:
        scene, doors = Scene(tmp_path, stop_timeout_s=0.2), Doors(1, 2)
        member = scene.member("mongod", code, await_ready=doors.await_ready)
        await scene.supervisor.start(member, timeout_s=20)

        os.kill(member.snapshot().pid or 0, signal.SIGKILL)

        await scene.until(lambda: member.state == "ready" and member.restarts == 3)
        assert scene.reasons() == ["no such user", "no such user"]
        await scene.supervisor.stop()
        assert member.state == "stopped"

    asyncio.run(story())


def test_a_server_that_cannot_be_used_at_its_first_start_ends_the_start_with_its_name(tmp_path: Path) -> None:
    async def story() -> None:
        scene = Scene(tmp_path)
        async with asyncio.timeout(15):
            await scene.supervisor.start(scene.member("mongod", WAIT, await_ready=Doors(0).await_ready), timeout_s=20)

    with pytest.raises(CannotStartError, match=r"`mongod` cannot be started \(LookupError\): no such user"):
        asyncio.run(story())


def test_a_program_that_cannot_even_be_run_ends_the_start_with_its_name(tmp_path: Path) -> None:
    async def story() -> None:
        await Scene(tmp_path / "nowhere").start("press", WAIT)

    with pytest.raises(CannotStartError, match=r"`press` cannot be started .* No such file or directory"):
        asyncio.run(story())


def test_a_line_that_cannot_be_shown_is_passed_over(tmp_path: Path) -> None:
    half_a_character = r"""print('{"event": "\\ud800"}')"""

    async def story() -> None:
        scene = Scene(tmp_path)
        member = await scene.start("press", f"{half_a_character}; {READY}; {WAIT}")
        assert (member.restarts, scene.events("line_not_shown")) == (0, ["press"])
        await scene.supervisor.stop()

    asyncio.run(story())


def test_a_program_that_cannot_be_heard_any_more_is_started_again(tmp_path: Path) -> None:
    endless_once = f"""
import pathlib, signal
{READY}
lived = pathlib.Path("lived")
if not lived.exists():
    lived.touch()
    print("x" * 17_000_000, flush=True)
signal.pause()
"""

    async def story() -> None:
        scene = Scene(tmp_path)
        member = await scene.start("press", endless_once)
        await scene.until(lambda: member.state == "ready" and member.restarts == 1)
        await scene.supervisor.stop()

    asyncio.run(story())
