"""Starting and stopping a program so that it never outlives us."""

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

STOP_TIMEOUT_S = 15
"""How long a program may take to finish what it has in hand before it is killed."""


class CannotStartError(Exception):
    """Something cannot be provided; the message is one sentence for a person, with the way out."""


@dataclass(frozen=True, slots=True)
class Program:
    """What to run: a name for people, the command, its whole environment, and the folder to run it in."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(repr=False)
    directory: Path

    def bound_command(self) -> tuple[str, ...]:
        """Return the command wrapped so that the kernel ends the program when the thread that started it ends."""
        setpriv = shutil.which("setpriv")
        return (setpriv, "--pdeathsig", "TERM", "--", *self.command) if setpriv else self.command


def start(program: Program, output: Path) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own, with what it prints added to a file."""
    output.parent.mkdir(parents=True, exist_ok=True)
    with output.open("ab") as file:
        return subprocess.Popen(
            program.bound_command(),
            cwd=program.directory,
            env=dict(program.environment),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def stop(process: subprocess.Popen[bytes], timeout_s: float = STOP_TIMEOUT_S) -> None:
    """Ask a program to finish, and kill it with its whole group when it does not."""
    process.terminate()
    try:
        process.wait(timeout_s)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
