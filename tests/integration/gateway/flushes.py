"""What is flushed to the disk, for tests of what a power cut may take."""

import os
from pathlib import Path

import pytest


def recorded_flushes(monkeypatch: pytest.MonkeyPatch) -> list[bytes | Path]:
    """Return a list that grows with everything flushed from now on: the bytes of a file, the path of a folder."""
    flushed, flush = list[bytes | Path](), os.fsync

    def fsync(descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        flushed.append(path if path.is_dir() else path.read_bytes())
        flush(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    return flushed
