"""What witnesses elsewhere (`WITNESS_DIRS`) remember of an audit log that a restore has put back to an earlier end.

Each keeps every checkpoint in a file of lines of JSON, which the audit service's monitor brings there.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path

_TAIL_BYTES = 8_192
"""More than the last line takes."""


def told(folders: str, profile: str, size: int) -> Iterator[str]:
    """Say of each folder, named with commas between, whether it remembers more than `size` entries, or cannot be asked."""
    for folder in filter(None, map(str.strip, folders.split(","))):
        file = Path(folder) / f"{profile}-audit-log.checkpoints"
        try:
            known = _last_size(file)
        except (OSError, ValueError, KeyError, TypeError) as failure:
            yield f"The witness {file} cannot be asked what it remembers ({failure})."
            continue
        if known > size:
            yield (
                f"The witness {file} remembers {known} entries of the audit log, which went back to {size}: what it says is "
                "true. Before the portal starts, do what docs/operations.md says of witnesses elsewhere."
            )


def _last_size(file: Path) -> int:
    """Return the size of the last checkpoint that is kept whole; 0 where none ever was."""
    if not file.exists():
        return 0
    with file.open("rb") as journal:
        journal.seek(max(0, os.fstat(journal.fileno()).st_size - _TAIL_BYTES))
        whole = journal.read().rpartition(b"\n")[0]
    return int(json.loads(whole.splitlines()[-1])["size"]) if whole else 0
