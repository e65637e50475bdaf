"""Brings a backup back into empty databases and an empty VAR_DIR; nothing here says that it is intact: verification does."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from bson.raw_bson import RawBSONDocument

from infra.backup.archive import Archive, readable
from infra.backup.manifest import DamagedBackupError, Part
from infra.backup.stores import Stores
from infra.backup.taking import TELL_EVERY, Tell
from infra.local.places import Places
from infra.local.unrestored import Stage
from infra.whole_file import OWNER_ONLY, write_whole

_BATCH_BYTES = 8_000_000
_BATCH_DOCUMENTS = 1_000


class NotEmptyError(Exception):
    """There is something already where the backup would go."""


def occupied(stores: Stores) -> list[str]:
    """Name the databases of the province in which something is stored, as short names."""
    prefix = f"{stores.prefix}_"
    names = [name for name in stores.client.list_database_names() if name.startswith(prefix)]
    return [name.removeprefix(prefix) for name in names if _holds_anything(stores, name)]


def restore(archive: Archive, stores: Stores, var_dir: Path, tell: Tell) -> None:
    """Write every part of a checked backup back to where it came from, byte for byte.

    The logs with their indexes must be there, made by provisioning; services make the indexes of their rows when they start.
    From the first byte on there is the mark that nothing may start on it; who has verified everything takes it away.

    Raises:
        NotEmptyError: the databases hold something, or a file is there that is not the backup's. Nothing was written.
        DamagedBackupError: a part is not what it should be.

    """
    if taken := occupied(stores):
        raise NotEmptyError(f"These databases are not empty: {', '.join(sorted(taken))}.")
    if other := [part.file for part in archive.manifest.parts if part.file and _is_other(archive, part, var_dir)]:
        raise NotEmptyError(f"These files are there already, and are not those of the backup: {', '.join(other)}.")
    Places(var_dir).unrestored.note(Stage.WRITING)
    for part in archive.manifest.parts:
        if part.file:
            _put_file(var_dir / part.file, archive.pieces(part))
            tell(f"     file  {part.file}")
        else:
            _put_documents(archive, part, stores, tell)
            tell(f"{part.documents:>9}  {part.database}.{part.collection}")


def _is_other(archive: Archive, part: Part, var_dir: Path) -> bool:
    """Tell whether a file is there with other bytes than a part has."""
    path = var_dir / part.file
    if not path.exists():
        return False
    with path.open("rb") as file:
        same = all(file.read(len(piece)) == piece for piece in archive.pieces(part))
        return not same or bool(file.read(1))


def _holds_anything(stores: Stores, database: str) -> bool:
    opened = stores.client[database]
    return any(opened[name].find_one({}, {"_id": 1}) for name in stores.stored_in(database))


def _put_documents(archive: Archive, part: Part, stores: Stores, tell: Tell) -> None:
    target, count = stores.collection(part.database, part.collection), 0
    for batch in _batches(archive.documents(part)):
        with readable(part):
            target.insert_many(batch, ordered=False)
        if count // TELL_EVERY < (count + len(batch)) // TELL_EVERY:
            tell(f"{count + len(batch):>9}  of {part.documents} in {part.database}.{part.collection}")
        count += len(batch)
    if count != part.documents:
        raise DamagedBackupError(part.path, f"holds {count} documents, and {part.documents} were counted")


def _put_file(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file that nobody else could read at any moment, whole or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_whole(path, pieces, OWNER_ONLY)


def _batches(documents: Iterable[RawBSONDocument]) -> Iterator[list[RawBSONDocument]]:
    """Gather documents so that a batch is never larger than memory allows."""
    batch: list[RawBSONDocument] = []
    size = 0
    for document in documents:
        batch.append(document)
        size += len(document.raw)
        if size >= _BATCH_BYTES or len(batch) >= _BATCH_DOCUMENTS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
