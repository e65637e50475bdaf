"""The site folder: one finished set of pages is being read while another may be baked beside it.

    var/site/current -> editions/7      what gateway and web servers read
    var/site/editions/7/…               the pages; `.design` names the design that they are baked in, `.listed` up to
                                        which change their lists are baked
    var/site/files/<sha256>/…           pictures and attachments, shared by all editions
    var/site/.at-work                   there while a press works: the machine's boot

Pages are written without waiting for the disk. A process that is killed loses nothing of what it wrote; a machine that
loses its power may. So whoever finds a press that did not end in order, in an earlier boot, bakes everything anew.

All of it may be taken away, also under a press at work: that one ends, and the next one makes it again.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path

from gateway.baked import CURRENT
from gateway.press.baking import number_in, put_in_place
from infra.whole_file import flush_folder, write_lasting

_DESIGN, _LISTED = ".design", ".listed"
_ASKED, _REBUILT, _AT_WORK = ".rebuild-asked", ".rebuilt", ".at-work"
_BOOT = Path("/proc/sys/kernel/random/boot_id")


class SiteLostError(Exception):
    """Pages that were in hand are not there any more: whoever writes them has to begin anew."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"{folder} was taken away")


class SiteFolder:
    """Knows which set of pages is being read. `boot` names this run of the machine."""

    def __init__(self, site_dir: Path, boot: str | None = None) -> None:
        self._site_dir = site_dir
        self._boot = _BOOT.read_text() if boot is None else boot
        self._editions = site_dir / "editions"
        self._editions.mkdir(parents=True, exist_ok=True)

    @property
    def current(self) -> Path:
        """The folder whose pages are being read."""
        return self._site_dir / CURRENT

    def edition(self) -> Path | None:
        """Return the very folder with the pages that are being read; None when there is none, or only what is left of one."""
        folder = self._linked()
        return folder if folder is not None and (folder / _DESIGN).is_file() else None

    def is_whole(self, design: str) -> bool:
        """Tell whether there are pages of this design, and none can have been lost."""
        edition, at_work = self.edition(), self._site_dir / _AT_WORK
        is_of_design = edition is not None and _read(edition / _DESIGN) == design
        return is_of_design and (not at_work.exists() or _read(at_work) == self._boot)

    def listed(self, edition: Path) -> int:
        """Return up to which turn the lists of a set of pages are baked."""
        return number_in(edition / _LISTED)

    def note_listed(self, edition: Path, turn: int) -> None:
        """Note up to which turn the lists of a set of pages are baked."""
        put_in_place({edition / _LISTED: str(turn).encode()})

    def begin(self, design: str) -> Path:
        """Return a fresh folder for a new set of pages of a design, and clear away those that nobody reads.

        Only for whoever is `alone`: another one's half-baked pages would go, too.
        """
        self._remove_others(self._linked())
        taken = [int(path.name) for path in self._editions.iterdir() if path.name.isdigit()]
        folder = self._editions / str(max(taken, default=0) + 1)
        put_in_place({folder / _DESIGN: design.encode()})
        return folder

    def switch(self, folder: Path, turn: int) -> None:
        """Let a finished set of pages be read from now on, all at once, and take the older ones away.

        Raises:
            SiteLostError: the set, or a part of it, was taken away since it was begun.

        """
        if not (folder / _DESIGN).is_file():
            raise SiteLostError(folder)
        self.note_listed(folder, turn)
        os.sync()
        if self._linked() is None and self.current.is_dir():  # a copy that followed the link left it so
            self.current.rename(self._editions / CURRENT)
        link = self._site_dir / f".{CURRENT}.unfinished"
        link.unlink(missing_ok=True)
        link.symlink_to(folder.relative_to(self._site_dir))
        link.replace(self.current)
        flush_folder(self._site_dir)
        self._remove_others(folder)
        self.begin_work()

    def ask_rebuild(self) -> None:
        """Ask the press that is working to bake everything anew."""
        self.note_rebuilt(0, 0)
        (self._site_dir / _ASKED).touch()

    def rebuild_asked(self) -> bool:
        """Tell whether a rebuild is asked for and not yet done."""
        return (self._site_dir / _ASKED).exists()

    def rebuild_answered(self) -> None:
        """Note that it is done."""
        (self._site_dir / _ASKED).unlink(missing_ok=True)

    def note_rebuilt(self, done: int, of: int) -> None:
        """Note how far a rebuild has come, for whoever asked for it."""
        put_in_place({self._site_dir / _REBUILT: f"{done} {of}".encode()})

    def rebuilt(self) -> tuple[int, int]:
        """Return how many items the rebuild has baked, and of how many."""
        done, _, of = _read(self._site_dir / _REBUILT).partition(" ")
        return int(done or 0), int(of or 0)

    def begin_work(self) -> None:
        """Note that pages are being written, in this boot; call it once all are whole."""
        write_lasting(self._site_dir / _AT_WORK, self._boot.encode())

    def end_work(self) -> None:
        """Note that everything written is on the disk."""
        os.sync()
        (self._site_dir / _AT_WORK).unlink(missing_ok=True)

    def _linked(self) -> Path | None:
        """Return the folder to which readers are led, there or not; None when they are led to none."""
        return self._site_dir / self.current.readlink() if self.current.is_symlink() else None

    def _remove_others(self, kept: Path | None) -> None:
        for other in self._editions.iterdir():
            if other != kept:
                shutil.rmtree(other)


@contextmanager
def alone(lock: Path) -> Iterator[bool]:
    """Hold a file, so that only one press writes; yields False when another one has it.

    It lies elsewhere: if the site folder were taken away with it, two presses would each hold their own.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as held:
        try:
            flock(held, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return ""
