"""`make restore`: empty servers on this machine, the backup into them, the verification; then everything stops again."""

import asyncio
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from infra.backup.archive import Archive, DamagedBackupError
from infra.backup.manifest import NoBackupError
from infra.local import environment
from infra.local.places import ROOT, Places
from infra.local.programs import CannotStartError
from infra.local.run_state import end_leftover, leftovers
from infra.local.runner import Runner
from infra.settings import RunnerSettings


@dataclass(frozen=True, slots=True)
class Restoring:
    """Restores `folder`; `over` says that what is here may be lost."""

    settings: RunnerSettings
    places: Places
    folder: Path
    over: bool = False

    def prepare(self) -> None:
        """Refuse what cannot end well, before anything is touched; then make room. Raises `CannotStartError`."""
        try:
            Archive(self.folder).check()
        except (NoBackupError, DamagedBackupError) as refused:
            raise CannotStartError(f"Nothing was restored: {refused}") from refused
        taken = [path for path in self._data() if path.exists()]
        if taken and not self.over:
            names = ", ".join(str(path.relative_to(self.places.var)) for path in taken)
            raise CannotStartError(
                f"There is a portal in {self.places.var} already ({names}). OVER=yes removes it and restores in its place."
            )
        for member in leftovers(self.places):
            end_leftover(member)
        for path in taken:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        self.places.var.mkdir(parents=True, exist_ok=True)
        self.places.unrestored.touch()

    async def run(self, runner: Runner) -> int:
        """Start the servers only, restore and verify; 0 when everything is intact."""
        return await runner.during(lambda: self._restore(runner))

    async def _restore(self, runner: Runner) -> int:
        own = environment.of_services(["audit"], self.settings, self.places, runner.addresses)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "infra.backup", "restore", str(self.folder)),
            cwd=ROOT,
            env={**own, "MONGO_URL": runner.administrator_url},
        )
        code = await process.wait()
        if code == 0:
            self.places.unrestored.unlink()
        return code

    def _data(self) -> tuple[Path, ...]:
        """Everything of a portal that a restored one must not find: other data, keys, pages and messages under way."""
        var = self.places
        kept = (var.mongod, var.rabbitmq, var.site, var.demo_loaded, var.var / "audit", var.var / "search")
        return (*kept, *sorted(var.secrets.glob("audit-log*")))
