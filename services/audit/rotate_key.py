"""`make rotate-key`: gives the audit log a new signing key; the old one hands over to it, and that is recorded as an event.

It may run while the system runs: whoever signs reads the key anew. Repeating it after it was interrupted finishes what
was begun; each later run makes one more key.
"""

import sys
from pathlib import Path

from pymongo.collection import Collection
from pymongo.errors import ExecutionTimeout
from pymongo.read_concern import ReadConcern

from infra.event_store import StoreUnavailable, connect
from infra.event_store.errors import translated
from infra.kernel.act import Act
from infra.kernel.authority import Authority
from infra.kernel.clock import system_clock
from infra.kernel.ids import natural_id, new_id
from infra.kernel.offices import SYSTEM
from infra.settings import MissingSettingError, ServiceSettings
from services.audit.application import AuditApplication
from services.audit.bootstrap import SECRETS, log_name
from services.audit.log.checkpoint import Unproven
from services.audit.log.entries import ENTRIES, Document, EntryLog
from services.audit.log.key import change_key, verifier

ROTATED, REFUSED, IMPOSSIBLE = 0, 1, 2

_NOW, _FOR_EVER = ReadConcern("local"), ReadConcern("linearizable")
_DURABLE_MS = 5_000
"""How long the primary may need to show that a majority has what it has; nobody appends meanwhile."""


class Unsettled(Exception):  # noqa: N818 - a state of the log, not our error
    """It cannot be told yet how many entries the old key will have signed."""


def settled_size(entries: Collection[Document], within_ms: int = _DURABLE_MS) -> int:
    """Return how many entries are signed, once all that the primary has is durable; to be asked while nobody may sign.

    An append that its process gave up may have reached the primary, and a majority only later: until then it is in no
    majority read.

    Raises:
        Unsettled: a majority does not have it in time, or the last entries are not signed.
        StoreUnavailable: the store is away.
    """
    with translated():
        now = EntryLog(entries.with_options(read_concern=_NOW))
        size, signed = now.size(), now.signed()
        if signed != size:
            raise Unsettled(
                f"the log has {size} entries, of which {signed} are signed; the next event signs the others"
            )
        if not _ends_for_ever(entries, size, within_ms):
            raise Unsettled("the log has another end than a moment ago; try again")
    return size


def _ends_for_ever(entries: Collection[Document], size: int, within_ms: int) -> bool:
    """Tell whether `size` entries are durable and none follows them: two reads by key, for only such are linearizable."""
    durable = entries.with_options(read_concern=_FOR_EVER)
    try:
        last, next_ = (
            durable.find_one({"_id": index}, {"_id": 1}, max_time_ms=within_ms) for index in (size - 1, size)
        )
    except ExecutionTimeout as error:
        raise Unsettled(
            f"a majority of the servers does not have the log's end within {within_ms} ms; try again"
        ) from error
    return next_ is None and (size == 0 or last is not None)


class Rotation:
    """Changes the key in the folder `secrets` of the log `name`, and records every change that is not recorded yet."""

    def __init__(self, name: str, secrets: Path, application: AuditApplication, entries: Collection[Document]) -> None:
        self._name = name
        self._secrets = secrets
        self._application = application
        self._entries = entries

    def run(self, act: Act) -> str:
        """Change the key; return the new one as `name+id+base64`."""
        self.record(act)
        change = change_key(self._name, self._secrets, lambda: settled_size(self._entries))
        self.record(act)
        return str(change.key)

    def record(self, act: Act) -> None:
        """Record every change of keys that there ever was; those that are recorded already stay as they are."""
        for change in verifier(self._name, self._secrets).now().changes:
            self._application.record_key(natural_id("audit.key", str(change.key)), str(change), act=act)


def main() -> int:
    """Change the key, and print the new public one."""
    try:
        settings = ServiceSettings.load("audit")
        log = connect(settings.mongo_url)[settings.log_database]
        application = AuditApplication(log, Authority)
        rotation = Rotation(log_name(settings), settings.var_dir / SECRETS, application, log[ENTRIES])
        key = rotation.run(Act(natural_id("audit.operator"), SYSTEM, system_clock(), new_id()))
    except (Unproven, Unsettled, PermissionError) as refused:
        sys.stderr.write(f"The key was not changed: {refused}\n")
        return REFUSED
    except (MissingSettingError, StoreUnavailable) as missing:
        sys.stderr.write(f"The key was not changed: {missing}\n")
        return IMPOSSIBLE
    sys.stdout.write(f"{key}\n")
    return ROTATED


if __name__ == "__main__":
    sys.exit(main())
