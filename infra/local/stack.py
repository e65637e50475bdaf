"""The whole system in a folder of its own and on free ports, as tests and benches start it: the very runner of `make up`."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from infra.local import addresses
from infra.local.addresses import Addresses
from infra.local.places import ROOT, Places
from infra.local.ports import free_port_run
from infra.local.processes import PROCESSES
from infra.local.programs import CannotStartError, Program, start, stop
from infra.local.run_state import MemberState, RunState
from infra.local.secret_store import SecretStore
from infra.local.waiting import comes_true
from infra.settings import environment

_NOT_OURS = ("MONGO_URL", "AMQP_URL", "PUBLIC_URL", "STAFF_URL", "SITE_DIR")
"""Settings of whoever starts the tests, which must not reach into a stack."""
_START_TIMEOUT_S = 300
_RESTART_TIMEOUT_S = 60
_STOP_TIMEOUT_S = 60


@dataclass(frozen=True, slots=True)
class StackPorts:
    """The ports of a stack; RabbitMQ takes three more after its first, and every process one for its metrics."""

    public: int
    staff: int
    mongo: int
    amqp: int
    metrics: int

    @classmethod
    def free(cls) -> Self:
        """Ask the operating system for ports that nobody uses now."""
        first = free_port_run(7 + len(PROCESSES))
        return cls(first, first + 1, first + 2, first + 3, first + 7)


class Stack:
    """A running system. Use it as a context manager, or `start` and `stop` it."""

    def __init__(
        self,
        directory: Path,
        ports: StackPorts | None = None,
        *,
        demo: bool = False,
        only: Sequence[str] | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        """Keep all data in `directory`.

        `only` names the processes to start besides the servers, None means all; `settings` are given to the runner
        besides those that follow from folder and ports.
        """
        self.places = Places(directory.resolve())
        self.ports = ports or StackPorts.free()
        self.public_url = f"http://127.0.0.1:{self.ports.public}"
        self.staff_url = f"http://127.0.0.1:{self.ports.staff}"
        self._arguments = ([] if demo else ["--without-demo"]) + ([] if only is None else ["--only", *only])
        self._settings = dict(settings or {})
        self._runner: subprocess.Popen[bytes] | None = None

    @property
    def output(self) -> Path:
        """What the runner prints."""
        return self.places.var / "runner.txt"

    @property
    def addresses(self) -> Addresses:
        """Every service's addresses of the servers, such as `CONTENT_MONGO_URL`."""
        return addresses.load(self.places.addresses)

    @property
    def passwords(self) -> dict[str, str]:
        """The passwords of the demo accounts by login."""
        return SecretStore(self.places.secrets).demo_passwords()

    @property
    def runner_pid(self) -> int:
        """The process id of the runner itself."""
        return self._state().runner

    def start(self) -> Self:
        """Start everything and wait until it is ready; raises `CannotStartError` with what the runner has printed."""
        self.output.parent.mkdir(parents=True, exist_ok=True)
        self.output.unlink(missing_ok=True)
        command = (sys.executable, "-m", "infra.local", "up", *self._arguments)
        runner = self._runner = start(Program("runner", command, self._environment(), ROOT), self.output)
        self._await(lambda: runner.poll() is not None or self._is_ready(runner.pid), _START_TIMEOUT_S, "the system")
        if runner.poll() is not None:
            raise CannotStartError(self.output.read_text(encoding="utf-8"))
        return self

    def stop(self) -> int:
        """Stop everything as Ctrl-C does; return the runner's exit code."""
        if self._runner is None:
            return 0
        if self._runner.poll() is None:
            self._runner.send_signal(signal.SIGINT)
        try:
            return self._runner.wait(_STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            stop(self._runner, timeout_s=0)
            raise

    def member(self, name: str) -> MemberState:
        """Return what is known of a process, such as `mongod` or `relay content`."""
        return next(member for member in self._state().members if member.name == name)

    def pid(self, name: str) -> int:
        """Return the process id of a process; raises `LookupError` when it does not run now."""
        pid = self.member(name).pid
        if pid is None:
            raise LookupError(name)
        return pid

    def kill(self, name: str) -> MemberState:
        """Kill a process at once, as `kill -9` does; return what it was, for `await_restart`."""
        before = self.member(name)
        os.kill(self.pid(name), signal.SIGKILL)
        return before

    def await_restart(self, before: MemberState, timeout_s: float = _RESTART_TIMEOUT_S) -> MemberState:
        """Wait until a killed process has been started again and is ready."""
        self._await(lambda: self._has_restarted(before), timeout_s, before.name)
        return self.member(before.name)

    def __enter__(self) -> Self:
        """Start everything."""
        return self.start()

    def __exit__(self, *_: object) -> None:
        """Stop everything."""
        self.stop()

    def _has_restarted(self, before: MemberState) -> bool:
        now = self.member(before.name)
        return now.state == "ready" and now.restarts > before.restarts

    def _is_ready(self, runner: int) -> bool:
        """Tell whether this very run is ready, not the one before it in the same folder."""
        state = RunState.load(self.places.state)
        return state is not None and state.runner == runner and state.ready

    def _state(self) -> RunState:
        state = RunState.load(self.places.state)
        if state is None:
            raise LookupError(self.places.state)
        return state

    def _await(self, condition: Callable[[], bool], timeout_s: float, what: str) -> None:
        if not comes_true(condition, timeout_s):
            raise TimeoutError(f"{what} was not ready within {timeout_s:.0f} seconds")

    def _environment(self) -> dict[str, str]:
        own = {
            "VAR_DIR": str(self.places.var),
            "PUBLIC_PORT": str(self.ports.public),
            "STAFF_PORT": str(self.ports.staff),
            "MONGO_PORT": str(self.ports.mongo),
            "AMQP_PORT": str(self.ports.amqp),
            "METRICS_PORT": str(self.ports.metrics),
        }
        inherited = {name: value for name, value in environment().items() if name not in _NOT_OURS}
        return {**inherited, **own, **self._settings}
