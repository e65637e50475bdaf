"""`python -m infra.backup take | check | restore`: the commands behind `make backup` and `make restore`.

`take` needs BACKUP_MONGO_URL, a user who may only read; `restore` needs MONGO_URL, an administrator of fresh servers, and
AUDIT_VERIFIER_MONGO_URL.
"""

import argparse
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from infra.backup import record
from infra.backup.archive import Archive, DamagedBackupError
from infra.backup.erasing import erase_again, erased_records
from infra.backup.manifest import MANIFEST, NoBackupError
from infra.backup.restoring import NotEmptyError, restore
from infra.backup.stores import Document, Stores
from infra.backup.taking import RowsExchangedError, Taking
from infra.kernel.clock import system_clock
from infra.local.processes import SERVICES
from infra.settings import MissingSettingError, Settings, environment, required

_KEPT = 7
_SELECTION_MS = 10_000
_VERIFY = "services.audit.verify"


def take(settings: Settings, to: Path | None, keep: int) -> int:
    """Take a backup into a folder, or into one named for the time, of which the last ones are kept."""
    name = system_clock().strftime("%Y%m%dT%H%M%SZ")
    folder = to or record.backups_in(settings.var_dir) / name
    with alone(record.backups_in(settings.var_dir)), _client(required("BACKUP_MONGO_URL")) as client:
        stores = Stores(client, settings.database_prefix, SERVICES)
        manifest = Taking(stores, settings.var_dir, settings.profile, settings.public_url, _say).into(folder)
    record.note(settings.var_dir, folder.resolve(), manifest)
    _say(f"\n{manifest.documents} documents, {manifest.bytes / 1e6:.1f} MB in {folder}")
    if to is None:
        _let_go(folder.parent, keep)
    _say("Keep a copy elsewhere. It holds people's records and the key of the audit log: encrypt it on the way.")
    return 0


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
            shutil.rmtree(left)
        yield


def bring_back(settings: Settings, folder: Path) -> int:
    """Restore a backup, erase who is erased, and verify; 0 only when everything is intact."""
    archive = checked(folder, settings)
    with _client(required("MONGO_URL")) as client:
        stores = Stores(client, settings.database_prefix, SERVICES)
        restore(archive, stores, settings.var_dir, _say)
        again = erase_again(stores, erased_records(SERVICES))
    _say(f"\nErased again: {again} records of people. Verifying …\n")
    verified = subprocess.run([sys.executable, "-m", _VERIFY], env=environment(), check=False)  # noqa: S603 - our own module
    if verified.returncode:
        _say("\nNOT RESTORED: what was brought back is not proven to be intact. Do not start the portal on it.")
        return 1
    _say(f"\nRestored and intact: everything up to {archive.manifest.began_at}.")
    _say("People whose erasure was ordered later are in it again: order it again for each.")
    return 0


def checked(folder: Path, settings: Settings) -> Archive:
    """Return a backup of this province with every hash right; raises `NoBackupError` and `DamagedBackupError`."""
    archive = Archive(folder)
    if archive.manifest.profile != settings.profile:
        raise NoBackupError(
            f"{folder} is a backup of {archive.manifest.profile}, and PROFILE is {settings.profile}: set it."
        )
    archive.check()
    if archive.manifest.public_url != settings.public_url:
        _say(f"Pages will name {settings.public_url}, and named {archive.manifest.public_url}: PUBLIC_URL differs.")
    return archive


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


def _let_go(folder: Path, keep: int) -> None:
    """Remove the oldest of the backups named for their time."""
    finished = sorted(path.parent for path in folder.glob(f"[0-9]*T[0-9]*Z/{MANIFEST}"))
    for old in finished[:-keep]:
        shutil.rmtree(old)
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
    checked(given.folder, settings)
    _say("Every file is as it was written.")
    return 0


def main(arguments: list[str]) -> int:
    """Do what the command line says; 1 with one sentence when it cannot be done."""
    try:
        return _carry_out(_arguments(arguments), Settings())
    except DamagedBackupError as damaged:
        sys.stderr.write(f"The backup is damaged, and nothing of it was used: {damaged}.\n")
    except (NoBackupError, NotEmptyError, RowsExchangedError, MissingSettingError) as refused:
        sys.stderr.write(f"{refused}\n")
    except PyMongoError as away:
        sys.stderr.write(f"MongoDB does not do what is needed ({str(away).partition(',')[0]}); nothing is finished.\n")
    except OSError as failure:
        sys.stderr.write(f"{failure}; nothing is finished.\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
