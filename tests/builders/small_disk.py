"""A disk of a test's own that can become full: a file system in memory, whose size is changed while it is in use."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOM = 2_000_000_000
"""What servers want to see free before they start; memory is taken only for what is written."""


class SmallDisk:
    """A mounted file system."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def fill(self, leaving: int) -> None:
        """Leave only so many bytes free."""
        self._resize(shutil.disk_usage(self.path).used + leaving)

    def make_room(self) -> None:
        """Make it as large again as it was."""
        self._resize(ROOM)

    def _resize(self, size: int) -> None:
        subprocess.run(["mount", "-o", f"remount,size={size}", str(self.path)], check=True)


@contextmanager
def small_disk(path: Path) -> Iterator[SmallDisk]:
    """Mount a disk for the time of the block; the test fails, and says why, where that is not allowed."""
    path.mkdir()
    if os.geteuid() != 0:
        pytest.fail("a disk that becomes full must be mounted, which only root may: run this test as root")
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "none", str(path)], check=True)
    try:
        yield SmallDisk(path)
    finally:
        subprocess.run(["umount", "--lazy", str(path)], check=True)
