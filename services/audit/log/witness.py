"""The last checkpoint, kept in a file outside the database: who cuts off or rewrites the log there is found out here."""

import os
from pathlib import Path

from services.audit.log.checkpoint import Checkpoint, Verifier


class Witness:
    """Remembers the latest checkpoint that the log has signed."""

    def __init__(self, path: Path, verifier: Verifier) -> None:
        self._path = path
        self._verifier = verifier

    def keep(self, note: str) -> None:
        """Remember a signed note in place of an older one; the file is whole at every instant."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_suffix(f".{os.getpid()}")
        draft.write_text(note, encoding="utf-8")
        draft.replace(self._path)

    def checkpoint(self) -> Checkpoint | None:
        """Return the checkpoint remembered; None when nothing was ever signed.

        Raises:
            Unproven: the file is not what the log has signed.
        """
        if not self._path.exists():
            return None
        return self._verifier.checkpoint(self._path.read_text(encoding="utf-8"))
