"""Files that are whole at every instant: readers find the old one or the new one, and no power cut takes both away."""

import os
from collections.abc import Iterable
from pathlib import Path

FOR_EVERYBODY, OWNER_ONLY = 0o644, 0o600
"""Who may read a file, from its first byte on."""


def write_whole(path: Path, pieces: Iterable[bytes], mode: int = FOR_EVERYBODY) -> None:
    """Write a file from its pieces in place of the one that is there, if any; its folder must be there.

    Two processes that write it at once do not disturb each other: one of the two files stays. Raises `OSError`.
    """
    draft = path.with_name(f"{path.name}.{os.getpid()}.partial")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        file.writelines(pieces)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def write_lasting(path: Path, data: bytes) -> None:
    """Write a file as `write_whole` does, in a folder that is made if need be; no power cut brings the old one back.

    Raises `OSError`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, [data])
    flush_folder(path.parent)


def flush_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
