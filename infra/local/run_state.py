"""What runs now, in a file: `status` and tests read it, and the next start finds in it what an interrupted run left."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from infra.local import process_table
from infra.local.places import Places
from infra.local.processes import metrics_ports
from infra.local.programs import STOP_TIMEOUT_S, CannotStartError
from infra.whole_file import write_whole


@dataclass(frozen=True, slots=True)
class MemberState:
    """One process: `state` is waiting, starting, ready, restarting or stopped; `began` tells its id from a reused one.

    `failing`: it has ended several times in a row soon after its start; `code` is how it ended last (negative: the
    signal), `since` the instant since when the state is what it is.
    """

    name: str
    state: str
    pid: int | None = None
    began: int | None = None
    restarts: int = 0
    failing: bool = False
    code: int | None = None
    since: str = ""

    @property
    def lives(self) -> bool:
        """Tell whether the process is there."""
        return self.pid is not None and self.began is not None and process_table.started(self.pid) == self.began


@dataclass(frozen=True, slots=True)
class RunState:
    """The runner's process id, all members in the order of their start, and whether everything is ready."""

    runner: int
    began: int | None
    ready: bool = False
    members: tuple[MemberState, ...] = field(default=())

    def save(self, path: Path) -> None:
        """Write the file, whole or not at all."""
        write_whole(path, [json.dumps(asdict(self), indent=1).encode()])

    @classmethod
    def load(cls, path: Path) -> "RunState | None":
        """Read the file; None when nothing was ever started."""
        if not path.exists():
            return None
        saved = json.loads(path.read_text(encoding="ascii"))
        members = tuple(MemberState(**member) for member in saved["members"])
        return cls(saved["runner"], saved["began"], saved["ready"], members)

    @property
    def runs(self) -> bool:
        """Tell whether the runner that wrote this is still there."""
        return self.began is not None and process_table.started(self.runner) == self.began


def tell_prometheus(places: Places, host: str, first_port: int) -> None:
    """Write down where each process tells how it fares, for `infra/monitoring/prometheus.yml`."""
    targets = [
        {"targets": [f"{host}:{port}"], "labels": {"process": name}} for name, port in metrics_ports(first_port).items()
    ]
    places.metrics.write_text(json.dumps(targets, indent=1), encoding="ascii")


@contextmanager
def only_runner(places: Places) -> Iterator[None]:
    """Be the only runner of this `var`; raises `CannotStartError` when another lives."""
    places.lock.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(places.lock, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        state = RunState.load(places.state)
        raise CannotStartError(
            f"The portal already runs from {places.var} (process {state.runner if state else 'unknown'}): stop it there with Ctrl-C."
        ) from None
    finally:
        os.close(descriptor)


def leftovers(places: Places) -> list[MemberState]:
    """Return what an interrupted run has left running, in the order in which to stop it."""
    state = RunState.load(places.state)
    return [member for member in reversed(state.members) if member.lives] if state else []


def end_leftover(member: MemberState) -> None:
    """Stop a process that an interrupted run has left."""
    if member.pid is not None and member.began is not None:
        process_table.end(member.pid, member.began, STOP_TIMEOUT_S)
