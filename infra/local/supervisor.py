"""Keeps programs running: starts them in stages, starts again what ends by itself, and stops all in the opposite order."""

import asyncio
import contextlib
import json
import os
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from infra.kernel.clock import system_clock
from infra.local import process_table
from infra.local.programs import STOP_TIMEOUT_S, CannotStartError, Program
from infra.local.run_state import MemberState
from infra.logs import PROCESS_READY

AwaitReady = Callable[[Callable[[], bool]], None]
"""Blocks until a server serves; is given a way to ask whether the server still lives."""

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.2, 15.0
LONG_LIFE_S = 30.0
"""A program that has lived so long is well: when it ends, it is started again as quickly as the first time."""
FAILING_AFTER = 3
"""After so many short lives in a row somebody should look: starting again does not help."""
_FIRST_LIVES = 3
"""So often a program may end before it was ready for the first time."""
_LINE_BYTES_MAX = 16_000_000


@dataclass(slots=True, eq=False)
class Member:
    """A program under supervision; `await_ready` is None for our own processes, which log when they are ready."""

    program: Program
    stage: int
    await_ready: AwaitReady | None = None
    state: str = "waiting"
    restarts: int = 0
    short_lives: int = 0
    code: int | None = None
    since: datetime = field(default_factory=system_clock)
    process: asyncio.subprocess.Process | None = None
    began: int | None = None
    was_ready: bool = False
    ready: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def lives(self) -> bool:
        """Tell whether the program runs."""
        return self.process is not None and self.process.returncode is None

    def snapshot(self) -> MemberState:
        """Return what others may know."""
        pid = self.process.pid if self.process and self.lives else None
        return MemberState(
            self.program.name,
            self.state,
            pid,
            began=self.began if pid else None,
            restarts=self.restarts,
            failing=self.short_lives >= FAILING_AFTER,
            code=self.code,
            since=self.since.isoformat(),
        )


async def run_to_end(program: Program, show: Callable[[str, str], object]) -> int:
    """Run a program that ends by itself, showing what it prints; return its exit code."""
    process = await _spawn(program)
    try:
        async for raw in _output(process):
            show(program.name, raw.decode(errors="replace").rstrip())
        return await process.wait()
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()


async def _spawn(program: Program) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *program.bound_command(),
        cwd=program.directory,
        env=dict(program.environment),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
        limit=_LINE_BYTES_MAX,
    )


def _output(process: asyncio.subprocess.Process) -> asyncio.StreamReader:
    return cast("asyncio.StreamReader", process.stdout)  # asked for as a pipe, so that it is there


Lines = Callable[[str, str], Mapping[str, Any]]
"""Is given the name of a member and a line that it has printed, and returns the line's fields."""


class Supervisor:
    """Runs members: what our own processes print is shown, what servers print only kept, as they have logs of their own."""

    def __init__(
        self,
        show: Lines,
        keep: Lines,
        changed: Callable[[], None],
        stop_timeout_s: float = STOP_TIMEOUT_S,
        long_life_s: float = LONG_LIFE_S,
    ) -> None:
        """Start nothing yet; `changed` is called after every change of a member's state."""
        self.members: list[Member] = []
        self._show = show
        self._keep_line = keep
        self._changed = changed
        self._stop_timeout_s = stop_timeout_s
        self._long_life_s = long_life_s
        self._stopping = asyncio.Event()
        self._tasks: dict[Member, asyncio.Task[None]] = {}

    async def start(self, member: Member, timeout_s: float) -> None:
        """Start a program and wait until it is ready; raises `CannotStartError` when it is not in time."""
        self.members.append(member)
        self._tasks[member] = asyncio.create_task(self._keep(member))
        ready = asyncio.create_task(member.ready.wait())
        try:
            await asyncio.wait({ready, self._tasks[member]}, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ready.cancel()
        if not member.was_ready:
            raise await self._not_ready(member, timeout_s)

    async def stop(self) -> None:
        """Stop all members, stage after stage in the opposite order of their start."""
        self._stopping.set()
        for stage in sorted({member.stage for member in self.members}, reverse=True):
            await asyncio.gather(*(self._stop(member) for member in self.members if member.stage == stage))

    def kill(self) -> None:
        """End all members at once, whatever they have in hand."""
        for member in self.members:
            self._signal_group(member, signal.SIGKILL)

    async def _not_ready(self, member: Member, timeout_s: float) -> BaseException:
        task = self._tasks[member]
        if task.done() and (failure := task.exception()):
            return failure
        return CannotStartError(
            f"The process `{member.program.name}` was not ready within {timeout_s:.0f} seconds: see its log."
        )

    async def _keep(self, member: Member) -> None:
        """Run a program until we stop, with growing pauses between one life and the next."""
        while not self._stopping.is_set():
            failure = await self._live(member)
            if self._stopping.is_set():
                break
            self._give_up_early(member, failure)
            pause_s = min(_FIRST_PAUSE_S * 2**member.short_lives, _LONGEST_PAUSE_S)
            self._note_end(member, pause_s, failure)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause_s)
        self._set(member, "stopped")

    async def _live(self, member: Member) -> Exception | None:
        """Run a program once; return why it could not start or serve, None when it only ended."""
        try:
            await self._run(member)
        except Exception as failure:  # noqa: BLE001 - whatever ends one life, the next has to follow
            self._signal_group(member, signal.SIGKILL)
            return failure
        return None

    async def _run(self, member: Member) -> None:
        """Run a program from its start to its end; raises what kept it from starting or serving."""
        member.process = None
        member.process = await _spawn(member.program)
        member.began = process_table.started(member.process.pid)
        self._set(member, "starting")
        if self._stopping.is_set():  # asked to stop while it was being started
            member.process.terminate()
        well = asyncio.get_running_loop().call_later(self._long_life_s, self._note_well, member)
        both = (self._listen(member, member.process), self._watch(member))
        outcomes = await asyncio.gather(*both, return_exceptions=True)
        well.cancel()
        for failure in outcomes:
            if failure is not None:
                raise failure

    async def _watch(self, member: Member) -> None:
        """Find out when a server is ready; our own processes say it themselves."""
        if member.await_ready is None:
            return
        try:
            await asyncio.to_thread(member.await_ready, lambda: member.lives and not self._stopping.is_set())
        except Exception:
            await self._end(member)
            raise
        self._set(member, "ready")

    async def _listen(self, member: Member, process: asyncio.subprocess.Process) -> None:
        """Take in what a program prints, until it has ended; one that cannot be heard any more is ended at once."""
        try:
            async for raw in _output(process):
                if self._hear(member, raw).get("event") == PROCESS_READY:
                    self._set(member, "ready")
            await process.wait()
        except Exception:
            self._signal_group(member, signal.SIGKILL)
            raise

    def _hear(self, member: Member, raw: bytes) -> Mapping[str, Any]:
        """Show or keep a line; of one that cannot be shown, only why."""
        show, name = self._show if member.await_ready is None else self._keep_line, member.program.name
        try:
            return show(name, raw.decode(errors="replace").rstrip())
        except Exception as failure:  # noqa: BLE001 - an odd line must not end the process that prints it
            return show(name, json.dumps({"event": "line_not_shown", "level": "error", "reason": repr(failure)}))

    async def _end(self, member: Member) -> None:
        """End a program that does not serve: it may finish what it has in hand, but not for ever."""
        self._signal_group(member, signal.SIGTERM)
        if member.process:
            try:
                await asyncio.wait_for(member.process.wait(), self._stop_timeout_s)
            except TimeoutError:
                self._signal_group(member, signal.SIGKILL)

    def _give_up_early(self, member: Member, failure: Exception | None) -> None:
        """Refuse to go on with a program that was never ready, and cannot start or serve, or ends again and again."""
        name = member.program.name
        if member.was_ready or (failure is None and member.restarts < _FIRST_LIVES - 1):
            return
        if failure is None:
            raise CannotStartError(f"The process `{name}` ends while it is starting: the reason stands in its log.")
        if isinstance(failure, CannotStartError):
            raise failure
        raise CannotStartError(
            f"The process `{name}` cannot be started ({type(failure).__name__}): {failure}"
        ) from failure

    def _note_well(self, member: Member) -> None:
        """Note that a program has lived long enough to be trusted again."""
        if member.short_lives:
            member.short_lives = 0
            self._changed()

    def _note_end(self, member: Member, pause_s: float, failure: Exception | None) -> None:
        member.restarts += 1
        member.short_lives += 1
        member.code = member.process.returncode if member.process else None
        note = {
            "event": "process_ended",
            "level": "error",
            "code": member.code,
            "restarts": member.restarts,
            "failing": member.short_lives >= FAILING_AFTER,
            "pause_s": pause_s,
            **({"reason": str(failure)} if failure else {}),
        }
        self._show(member.program.name, json.dumps(note))
        self._set(member, "restarting")

    def _set(self, member: Member, state: str) -> None:
        member.state = state
        member.since = system_clock()
        if state == "ready":
            member.was_ready = True
            member.ready.set()
        else:
            member.ready.clear()
        self._changed()

    async def _stop(self, member: Member) -> None:
        if member.process and member.lives:
            member.process.terminate()
        done, _ = await asyncio.wait({self._tasks[member]}, timeout=self._stop_timeout_s)
        if not done:
            self._signal_group(member, signal.SIGKILL)
            await asyncio.wait({self._tasks[member]})

    def _signal_group(self, member: Member, number: signal.Signals) -> None:
        if member.process and member.lives:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(member.process.pid, number)
