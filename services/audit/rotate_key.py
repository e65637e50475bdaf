"""`make rotate-key`: gives the audit log a new signing key; the old one hands over to it, and that is recorded as an event.

It may run while the system runs: whoever signs reads the key anew. Repeating it after it was interrupted finishes what
was begun; each later run makes one more key.
"""

import sys
from pathlib import Path

from infra.event_store import StoreUnavailable, connect
from infra.kernel.act import Act
from infra.kernel.authority import Authority
from infra.kernel.clock import system_clock
from infra.kernel.ids import natural_id, new_id
from infra.kernel.offices import SYSTEM
from infra.settings import MissingSettingError, ServiceSettings
from services.audit.application import AuditApplication
from services.audit.bootstrap import SECRETS, log_name
from services.audit.log.checkpoint import Unproven
from services.audit.log.entries import ENTRIES, EntryLog
from services.audit.log.key import change_key, verifier

ROTATED, REFUSED, IMPOSSIBLE = 0, 1, 2


class Rotation:
    """Changes the key in the folder `secrets` of the log `name`, and records every change that is not recorded yet."""

    def __init__(self, name: str, secrets: Path, application: AuditApplication, log: EntryLog) -> None:
        self._name = name
        self._secrets = secrets
        self._application = application
        self._log = log

    def run(self, act: Act) -> str:
        """Change the key; return the new one as `name+id+base64`."""
        self.record(act)
        change = change_key(self._name, self._secrets, self._signed_size)
        self.record(act)
        return str(change.key)

    def record(self, act: Act) -> None:
        """Record every change of keys that there ever was; those that are recorded already stay as they are."""
        for change in verifier(self._name, self._secrets).now().changes:
            self._application.record_key(natural_id("audit.key", str(change.key)), str(change), act=act)

    def _signed_size(self) -> int:
        latest = self._log.latest_checkpoint()
        return 0 if latest is None else latest[0]


def main() -> int:
    """Change the key, and print the new public one."""
    try:
        settings = ServiceSettings.load("audit")
        log = connect(settings.mongo_url)[settings.log_database]
        application = AuditApplication(log, Authority)
        rotation = Rotation(log_name(settings), settings.var_dir / SECRETS, application, EntryLog(log[ENTRIES]))
        key = rotation.run(Act(natural_id("audit.operator"), SYSTEM, system_clock(), new_id()))
    except (Unproven, PermissionError) as refused:
        sys.stderr.write(f"The key was not changed: {refused}\n")
        return REFUSED
    except (MissingSettingError, StoreUnavailable) as missing:
        sys.stderr.write(f"The key was not changed: {missing}\n")
        return IMPOSSIBLE
    sys.stdout.write(f"{key}\n")
    return ROTATED


if __name__ == "__main__":
    sys.exit(main())
