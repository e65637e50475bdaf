"""`python -m infra.backup take | check | restore`: the commands behind `make backup` and `make restore`.

`take` needs BACKUP_MONGO_URL, a user who may only read; `restore` needs MONGO_URL, an administrator of fresh servers, and
AUDIT_VERIFIER_MONGO_URL.
"""

import argparse
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from infra.backup import record
from infra.backup.archive import checked
from infra.backup.erasing import erase_again, erased_records
from infra.backup.manifest import MANIFEST, DamagedBackupError, Manifest, NoBackupError
from infra.backup.restoring import NotEmptyError, restore
from infra.backup.stores import Document, Stores
from infra.backup.taking import TakeAgainError, Taking
from infra.backup.unfinished import discard, remove
from infra.backup.witnesses import told
from infra.kernel.clock import system_clock
from infra.local.places import Places
from infra.local.processes import SERVICES
from infra.settings import MissingSettingError, Settings, environment, required

_KEPT = 7
_SELECTION_MS = 10_000
_VERIFY = "services.audit.verify"


class UnsettledError(Exception):
    """A backup is whole, and what should follow could not be done."""


def take(settings: Settings, to: Path | None, keep: int) -> int:
    """Take a backup into a folder, or into one named for the time, of which the last ones are kept."""
    mark, backups = Places(settings.var_dir).unrestored, record.backups_in(settings.var_dir)
    if mark.there:
        raise NoBackupError(
            f"A restore is under way, or did not come to its end ({mark.path}): no backup is taken of that."
        )
    folder = to or backups / system_clock().strftime("%Y%m%dT%H%M%SZ")
    with alone(backups):
        with _client(required("BACKUP_MONGO_URL")) as client:
            stores = Stores(client, settings.database_prefix, SERVICES)
            manifest = Taking(stores, settings.var_dir, settings.profile, settings.public_url, _say).into(folder)
        _say(f"\n{manifest.documents} documents, {manifest.bytes / 1e6:.1f} MB in {folder}")
        settle(settings.var_dir, folder, manifest, None if to else keep)
    _say("Keep a copy elsewhere. It holds people's records and the key of the audit log: encrypt it on the way.")
    return 0


def settle(var_dir: Path, folder: Path, manifest: Manifest, keep: int | None) -> None:
    """Write a backup down and let old ones go; raises `UnsettledError`."""
    with _whole(folder, "could not be written down as the last one"):
        record.note(var_dir, folder.resolve(), manifest)
    if keep is not None:
        with _whole(folder, "an older one could not be removed"):
            _let_go(folder, keep)


@contextmanager
def _whole(folder: Path, but: str) -> Iterator[None]:
    try:
        yield
    except OSError as failure:
        raise UnsettledError(f"The backup in {folder} is whole, but {but}: {failure}.") from failure


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Be the only backup that is being taken, and remove what one that was killed has left; raises `NoBackupError`."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            flock(lock, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            raise NoBackupError("Another backup is just being taken.") from None
        for left in folder.glob(".*.unfinished"):
            discard(left)
        yield


def bring_back(settings: Settings, folder: Path) -> int:
    """Restore a backup, erase who is erased, and verify; 0 only when everything is intact."""
    archive = checked(folder, settings.profile)
    made = archive.manifest
    if made.public_url != settings.public_url:
        _say(f"Pages will name {settings.public_url}, and named {made.public_url}: PUBLIC_URL differs.")
    try:
        with _client(required("MONGO_URL")) as client:
            stores = Stores(client, settings.database_prefix, SERVICES)
            restore(archive, stores, settings.var_dir, _say)
            again = erase_again(stores, erased_records(SERVICES))
    except DamagedBackupError as damaged:
        return _not_restored(f"{damaged}.")
    _say(f"\nErased again: {again} records of people. Verifying …\n")
    if not _is_intact():
        return _not_restored("what was brought back is not proven to be intact.")
    _say(f"\nRestored and intact: everything up to {made.began_at}.")
    _say("People whose erasure was ordered later are in it again: order it again for each.")
    for witness in told(settings.witness_dirs, settings.profile, made.audit_size):
        _say(witness)
    Places(settings.var_dir).unrestored.remove()
    return 0


def _is_intact() -> bool:
    """Verify all logs by what was restored; a witness elsewhere knows of entries that came after the backup."""
    own = {**environment(), "WITNESS_DIRS": ""}
    return subprocess.run([sys.executable, "-m", _VERIFY], env=own, check=False).returncode == 0  # noqa: S603 - our own module


def _not_restored(why: str) -> int:
    _say(f"\nNOT RESTORED: {why} Do not start the portal on it.")
    return 1


def _client(url: str) -> MongoClient[Document]:
    """Connect so that what is read is on a majority of the servers, and what is written as well: no change of primary takes it back."""
    return MongoClient(
        url,
        tz_aware=True,
        uuidRepresentation="standard",
        serverSelectionTimeoutMS=_SELECTION_MS,
        readConcernLevel="majority",
        w="majority",
    )


def _let_go(made: Path, keep: int) -> None:
    """Remove the oldest of the backups named for their time; never the one just made, whatever the clock says."""
    finished = {path.parent for path in made.parent.glob(f"[0-9]*T[0-9]*Z/{MANIFEST}")}
    others = sorted(finished - {made})
    for old in others[: max(len(others) - keep + 1, 0)]:
        remove(old)
        _say(f"Removed {old.name}: the last {keep} are kept.")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.backup", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    taking = commands.add_parser("take", help="copy everything that cannot be made again")
    taking.add_argument("--to", type=Path, help="a new folder; VAR_DIR/backups/<time> if none is named")
    taking.add_argument("--keep", type=int, default=_KEPT, help="how many of those in VAR_DIR/backups stay")
    for name, what in (("check", "tell whether a backup is whole"), ("restore", "bring it back on an empty machine")):
        commands.add_parser(name, help=what).add_argument("folder", type=Path)
    return parser.parse_args(arguments)


def _carry_out(given: argparse.Namespace, settings: Settings) -> int:
    if given.command == "take":
        return take(settings, given.to, max(given.keep, 1))
    if given.command == "restore":
        return bring_back(settings, given.folder)
    checked(given.folder, settings.profile)
    _say("Every file is as it was written.")
    return 0


def main(arguments: list[str]) -> int:
    """Do what the command line says; 1 with one sentence when it cannot be done."""
    try:
        return _carry_out(_arguments(arguments), Settings())
    except DamagedBackupError as damaged:
        sys.stderr.write(f"The backup is damaged, and nothing of it was used: {damaged}.\n")
    except (NoBackupError, NotEmptyError, TakeAgainError, UnsettledError, MissingSettingError) as refused:
        sys.stderr.write(f"{refused}\n")
    except PyMongoError as away:
        sys.stderr.write(f"MongoDB does not do what is needed ({str(away).partition(',')[0]}); nothing is finished.\n")
    except OSError as failure:
        sys.stderr.write(f"{failure}; nothing is finished.\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
