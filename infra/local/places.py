"""Where the running system keeps things: everything lies below one folder, `var`."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from infra.local.unrestored import Mark

ROOT = Path(__file__).resolve().parents[2]
"""The folder of the project."""


@dataclass(frozen=True, slots=True)
class Places:
    """The folders and files below `var`, which is absolute."""

    var: Path

    @property
    def logs(self) -> Path:
        """One file of JSON lines for each process."""
        return self.var / "log"

    @property
    def state(self) -> Path:
        """What runs now, for `status` and for the next start."""
        return self.var / "run" / "state.json"

    @property
    def metrics(self) -> Path:
        """Where each process tells how it fares, as Prometheus wants to be told of it."""
        return self.var / "run" / "metrics.json"

    @property
    def lock(self) -> Path:
        """Held by the runner as long as it lives."""
        return self.var / "run" / "lock"

    @property
    def addresses(self) -> Path:
        """Every service's addresses of its servers, readable by the owner only."""
        return self.secrets / "addresses.json"

    @property
    def secrets(self) -> Path:
        """Passwords and keys."""
        return self.var / "secrets"

    @property
    def mongod(self) -> Path:
        """The data of our own MongoDB."""
        return self.var / "mongod"

    @property
    def rabbitmq(self) -> Path:
        """The data of our own RabbitMQ."""
        return self.var / "rabbitmq"

    @property
    def site(self) -> Path:
        """The baked public pages."""
        return self.var / "site"

    @property
    def demo_loaded(self) -> Path:
        """There as soon as the demo province is loaded."""
        return self.var / "demo-loaded"

    @property
    def backups(self) -> Path:
        """Backups, unless they were taken elsewhere."""
        return self.var / "backups"

    @property
    def unrestored(self) -> Mark:
        """There while a backup is being restored, until it was verified."""
        return Mark(self.secrets / "not-restored")

    @property
    def replaced(self) -> Path:
        """The portal that was here while a backup is being restored in its place."""
        return self.var / "replaced"

    @property
    def discarded(self) -> Path:
        """A portal that is being removed, for a restored one has taken its place."""
        return self.var / ".discarded"

    def wipe(self) -> None:
        """Remove everything that the running system has written but backups: there may be no others."""
        if not self.backups.exists():
            shutil.rmtree(self.var, ignore_errors=True)
            return
        for path in self.var.iterdir():
            if path == self.backups:
                continue
            if path.is_symlink() or not path.is_dir():
                path.unlink(missing_ok=True)
            else:
                shutil.rmtree(path, ignore_errors=True)
