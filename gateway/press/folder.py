"""The site folder: one finished set of pages is being read while another may be baked beside it.

var/site/current -> editions/7      what gateway and web servers read
var/site/editions/7/…               the pages; `.design` names the design that they are baked in
var/site/files/<sha256>/…           pictures and attachments, shared by all editions
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path

from gateway.baked import CURRENT
from gateway.press.baking import flush_folder, put_in_place

_DESIGN = ".design"
_LOCK = ".lock"
_ASKED = ".rebuild-asked"


class SiteFolder:
    """Knows which set of pages is being read."""

    def __init__(self, site_dir: Path) -> None:
        self._site_dir = site_dir
        self._editions = site_dir / "editions"
        self._editions.mkdir(parents=True, exist_ok=True)

    @property
    def current(self) -> Path:
        """The folder whose pages are being read."""
        return self._site_dir / CURRENT

    def design(self) -> str:
        """Return in which design the current pages are baked; empty when there are none."""
        file = self.current / _DESIGN
        return file.read_text(encoding="utf-8") if file.is_file() else ""

    def begin(self) -> Path:
        """Return a fresh folder for a new set of pages."""
        known = [int(path.name) for path in self._editions.iterdir() if path.name.isdigit()]
        folder = self._editions / str(max(known, default=0) + 1)
        folder.mkdir()
        return folder

    def switch(self, folder: Path, design: str) -> None:
        """Let a finished set of pages be read from now on, all at once, and take the older ones away."""
        put_in_place({folder / _DESIGN: design.encode()})
        os.sync()
        link = self._site_dir / f".{CURRENT}.unfinished"
        link.unlink(missing_ok=True)
        link.symlink_to(folder.relative_to(self._site_dir))
        link.replace(self.current)
        flush_folder(self._site_dir)
        for other in self._editions.iterdir():
            if other != folder:
                shutil.rmtree(other)

    def ask_rebuild(self) -> None:
        """Ask the press that is working to bake everything anew."""
        (self._site_dir / _ASKED).touch()

    def rebuild_asked(self) -> bool:
        """Tell whether a rebuild is asked for and not yet done."""
        return (self._site_dir / _ASKED).exists()

    def rebuild_answered(self) -> None:
        """Note that it is done."""
        (self._site_dir / _ASKED).unlink(missing_ok=True)

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Hold the folder, so that only one press writes; yields False when another one has it."""
        with (self._site_dir / _LOCK).open("w") as lock:
            try:
                flock(lock, LOCK_EX | LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True
