"""Controls come from Debian's packages; what is missing is installed quietly."""

import os
import subprocess
from pathlib import Path


class CannotMeasureError(Exception):
    """A control cannot be provided; the message says what to do."""


def provide(package: str, program: str) -> None:
    """Install a package unless a file that matches the pattern `program` is there."""
    if any(Path("/").glob(program.lstrip("/"))):
        return
    if os.geteuid() != 0:
        raise CannotMeasureError(f"install {package} as root: apt-get install {package}")
    quietly = {"DEBIAN_FRONTEND": "noninteractive", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", package],
    ):
        done = subprocess.run(command, env=quietly, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise CannotMeasureError(f"{' '.join(command)} failed: {done.stderr.strip()[-300:]}")
