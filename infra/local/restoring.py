"""`make restore`: empty servers on this machine, the backup into them, the verification; then everything stops again."""

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from infra.backup.archive import checked
from infra.backup.manifest import NoBackupError
from infra.local import environment
from infra.local.places import ROOT, Places
from infra.local.programs import CannotStartError
from infra.local.replacing import Replacing
from infra.local.run_state import end_leftover, leftovers
from infra.local.runner import Runner
from infra.local.unrestored import Stage
from infra.settings import RunnerSettings


@dataclass(slots=True)
class Restoring:
    """Restores `folder`; `over` says that it may take the place of the portal that is here. `say` tells a person."""

    settings: RunnerSettings
    places: Places
    folder: Path
    over: bool = False
    say: Callable[[str], object] = print
    _doubtful: bool = field(default=False, init=False)
    """Whether databases elsewhere may hold a part of a backup since an earlier restore."""

    @property
    def replacing(self) -> Replacing:
        """The portal that is here, if there is one."""
        return Replacing(self.places)

    def prepare(self) -> None:
        """Refuse what cannot end well, before anything is touched; then make room. Raises `CannotStartError`."""
        try:
            checked(self.folder, self.settings.profile)
        except (NoBackupError, OSError) as refused:
            raise CannotStartError(f"Nothing was restored: {refused}") from refused
        self._refuse()
        self._doubtful = bool(self.settings.mongo_url) and self.places.unrestored.there
        for member in leftovers(self.places):
            end_leftover(member)
        try:
            self.replacing.make_room()
        except OSError as failure:
            self._give_up()
            raise CannotStartError(f"There is no room for a restored portal: {failure}.") from failure

    async def run(self, runner: Runner) -> int:
        """Start the servers only, restore and verify; 0 when everything is intact. Raises `CannotStartError`.

        Whoever restores removes the mark once that is intact; then it stays, whatever happens while the servers stop.
        """
        try:
            return await runner.during(lambda: self._restore(runner))
        except OSError as failure:
            raise CannotStartError(f"The backup was not restored: {failure}.") from failure
        finally:
            if self.replacing.mark.there:
                self._give_up()
            else:
                self._keep()

    def _refuse(self) -> None:
        """Refuse to touch a portal without being told to, and one that nobody knows any more where it belongs."""
        var, replaced, mark = self.places.var, self.places.replaced, self.replacing.mark
        if replaced.exists() and not mark.there:
            raise CannotStartError(
                f"{replaced} is left from a restore, and nothing says of which portal: look, and move it away or remove it first."
            )
        taken = self.replacing.here()
        if (taken or self.replacing.aside()) and not self.over:
            names = ", ".join(str(path.relative_to(var)) for path in taken) or replaced.name
            raise CannotStartError(
                f"There is a portal in {var} already ({names}). OVER=yes restores in its place, and puts it back unless that ends well."
            )

    async def _restore(self, runner: Runner) -> int:
        own = environment.of_services(["audit"], self.settings, self.places, runner.addresses)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "infra.backup", "restore", str(self.folder)),
            cwd=ROOT,
            env={**own, "MONGO_URL": runner.administrator_url},
        )
        try:
            return await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()

    def _keep(self) -> None:
        """Remove the portal that was here: what was restored is intact."""
        try:
            self.replacing.forget()
        except OSError as failure:
            self.say(f"The portal that was here before could not be removed: {failure}.")

    def _give_up(self) -> None:
        """Put back the portal that was here; where there was none the mark stays. Raises `CannotStartError`."""
        replacing = self.replacing
        written = bool(self.settings.mongo_url) and replacing.mark.stage is Stage.WRITING
        if not replacing.aside() and replacing.mark.stage is not Stage.MOVING:
            return
        for member in leftovers(self.places):
            end_leftover(member)
        try:
            replacing.put_back()
        except OSError as failure:
            raise CannotStartError(
                f"The portal that was here is in {self.places.replaced} and could not be put back: {failure}."
            ) from failure
        if written or self._doubtful:
            self.say(
                "\nThe portal that was here is put back, but the databases at MONGO_URL may hold a part of the backup: drop them. "
                f"Until {replacing.mark.path} is removed nothing starts on them."
            )
            return
        replacing.mark.remove()
        self.say("\nNothing was restored; the portal that was here is as it was.")
