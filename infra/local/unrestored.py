"""The mark of a restore that has not come to its end: nothing may start, be copied or be rebuilt on half of it.

It lies beside the keys, where a restore and a backup look in containers, too.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from infra.whole_file import OWNER_ONLY, write_whole


class Stage(StrEnum):
    """How far the restore has come, so that it can be ended well after a kill at any instant."""

    MOVING = "moving"
    """The portal that was here is here and in `replaced`, one part of it in either."""
    MOVED = "moved"
    """What is here is nobody's: it may go. A portal that was here is in `replaced`, all of it."""
    WRITING = "writing"
    """So it is, and the databases hold a part of the backup."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One file whose content is the stage."""

    path: Path

    @property
    def there(self) -> bool:
        """Tell whether a restore is under way, or did not come to its end."""
        return self.path.exists()

    @property
    def stage(self) -> Stage | None:
        """Return the stage; None where nothing is being restored."""
        if not self.there:
            return None
        said = self.path.read_text(encoding="ascii", errors="replace")
        return Stage(said) if said in set(Stage) else Stage.WRITING

    def note(self, stage: Stage) -> None:
        """Say from now on that this stage is reached. Raises `OSError`."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(self.path, [stage.encode()], OWNER_ONLY)

    def remove(self) -> None:
        """Say that nothing is being restored any more."""
        self.path.unlink(missing_ok=True)
