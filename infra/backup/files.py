"""Which files below VAR_DIR a backup holds: keys, and what was kept of the audit log outside the database."""

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

WITNESSED = ("audit/checkpoint", "audit/checkpoints", "audit/monitor.key")
"""Copied just before the logs, whose entries go on to the last checkpoint kept there, and after what the monitor
remembers of it: nothing seems to have been taken away."""
KEYS = ("secrets/audit-log*",)
"""Private and public keys of the audit log: copied after the logs, so that every key that has signed an entry is there."""
KEPT = (*KEYS, "secrets/session-key", "secrets/demo-accounts.json", "demo-loaded")
"""Copied after the logs. Passwords of the servers' users are not among them: each machine makes its own."""

_PASSING = {".lock", ".partial"}
"""How files end that are there for a moment only."""


def found(var_dir: Path, patterns: Sequence[str]) -> Iterator[tuple[str, Path]]:
    """Return the files that are there now, with their names below VAR_DIR."""
    for pattern in patterns:
        for path in sorted(var_dir.glob(pattern)):
            if path.is_file() and path.suffix not in _PASSING:
                yield path.relative_to(var_dir).as_posix(), path


def belongs(name: str) -> bool:
    """Tell whether a backup may hold a file of this name; none of them leads out of VAR_DIR."""
    return any(_fits(name.split("/"), PurePosixPath(pattern).parts) for pattern in (*WITNESSED, *KEPT))


def _fits(parts: Sequence[str], pattern: Sequence[str]) -> bool:
    """Compare folder by folder, for a `*` would take the `/` of a further folder for a letter."""
    return len(parts) == len(pattern) and all(map(fnmatchcase, parts, pattern))
