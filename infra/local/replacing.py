"""The portal that a restore takes the place of: moved aside first, put back unless what was restored is intact."""

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import filter as fitting
from pathlib import Path

from infra.backup.files import KEPT
from infra.backup.unfinished import discard
from infra.local.places import Places
from infra.local.unrestored import Mark, Stage

_DATA = ("mongod", "rabbitmq", "site", "search", "audit", "packs", *KEPT)
"""Everything of a portal that a restored one must not find, and that a restore writes over: data, pages, keys, messages."""


@dataclass(frozen=True, slots=True)
class Replacing:
    """Moves within `var`, by renaming only. The mark is written before and after, so that a kill loses nothing."""

    places: Places

    @property
    def mark(self) -> Mark:
        """The mark that a restore is under way."""
        return self.places.unrestored

    def here(self) -> list[Path]:
        """Return what there is of a portal, or of one half restored."""
        return _data_in(self.places.var)

    def aside(self) -> bool:
        """Tell whether a portal was moved aside, or a part of it."""
        return bool(_data_in(self.places.replaced))

    def make_room(self) -> None:
        """Move the portal aside, or remove what an interrupted restore has left in its place. Raises `OSError`."""
        shutil.rmtree(self.places.discarded, ignore_errors=True)
        if self.mark.stage in (None, Stage.MOVING):
            self.mark.note(Stage.MOVING)
            _move(self.here(), self.places.var, self.places.replaced)
        else:
            self._discard()
        self.mark.note(Stage.MOVED)

    def put_back(self) -> None:
        """Put the portal back in the place of what is half restored; the mark stays. Raises `OSError`."""
        if self.mark.stage is not Stage.MOVING:
            self._discard()
            self.mark.note(Stage.MOVING)
        _move(_data_in(self.places.replaced), self.places.replaced, self.places.var)
        shutil.rmtree(self.places.replaced, ignore_errors=True)

    def forget(self) -> None:
        """Remove the portal that was here. Raises `OSError`."""
        if self.places.replaced.exists():
            self.places.replaced.rename(self.places.discarded)
            shutil.rmtree(self.places.discarded)

    def _discard(self) -> None:
        for path in self.here():
            discard(path)


def _data_in(folder: Path) -> list[Path]:
    """Return what is there, links that lead nowhere too."""
    found = []
    for pattern in _DATA:
        parent, name = (folder / pattern).parent, Path(pattern).name
        there = os.listdir(parent) if parent.is_dir() else []  # noqa: PTH208 - names, to be compared
        found += [parent / each for each in sorted(fitting(there, name))]
    return found


def _move(paths: Sequence[Path], source: Path, target: Path) -> None:
    """Rename each path below one folder to the same place below another; a link stays one, whatever it leads to."""
    for path in paths:
        to = target / path.relative_to(source)
        to.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.rename(to)
