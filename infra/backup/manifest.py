"""What a backup says of itself: when, of which province, up to where in each log, and every file with its hash."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from infra.backup.files import belongs
from infra.local.processes import SERVICES
from infra.local.provision import OPERATIONS

MANIFEST = "manifest.json"
FORMAT = 2
"""Counts up when an older version could no longer restore what is written, or this one what was."""

_DATABASES = frozenset({*SERVICES, *(f"{service}_log" for service in SERVICES), OPERATIONS})
_HASH = "sha256"
_SHA256 = re.compile(r"[0-9a-f]{64}")


class NoBackupError(Exception):
    """The folder holds no backup, or one that cannot be used; the message says why."""


class DamagedBackupError(NoBackupError):
    """A file of the backup is not what was written, or is not there."""

    def __init__(self, path: str, what: str) -> None:
        super().__init__(f"{path} {what}")
        self.path = path


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the backup.

    `path` is relative to the backup's folder. A collection's part names `database` (without the province's prefix, such
    as `board_log`) and `collection`, and counts `documents`; the part of a file from VAR_DIR names it in `file`.
    """

    path: str
    sha256: str
    bytes: int
    database: str = ""
    collection: str = ""
    documents: int = 0
    file: str = ""

    @property
    def is_safe(self) -> bool:
        """Tell whether it names a file that a backup may hold, or a collection of ours, and lies where it should."""
        if not _SHA256.fullmatch(self.sha256) or min(self.bytes, self.documents) < 0:
            return False
        if self.file:
            return belongs(self.file) and self.path == f"var/{self.file}.gz"
        named = self.database in _DATABASES and bool(self.collection) and "/" not in self.collection
        places = (f"{self.database}/{self.collection}{kind}.bson.gz" for kind in ("", ".handled"))
        return named and self.path in places


@dataclass(frozen=True, slots=True)
class Manifest:
    """All parts in the order in which they were copied; `heads` are the last positions of the logs in it."""

    profile: str
    began_at: str
    finished_at: str
    public_url: str
    heads: Mapping[str, int]
    audit_size: int
    parts: tuple[Part, ...]
    format: int = FORMAT

    @property
    def bytes(self) -> int:
        """The size of all parts together."""
        return sum(part.bytes for part in self.parts)

    @property
    def documents(self) -> int:
        """How many documents of MongoDB are in it."""
        return sum(part.documents for part in self.parts)

    def to_json(self) -> str:
        """Write it as it stands in the folder, with a hash over everything that it says."""
        told = asdict(self)
        return json.dumps({**told, _HASH: _hash_over(told)}, indent=1, ensure_ascii=False)


def read_manifest(folder: Path) -> Manifest:
    """Read what a backup says of itself; raises `NoBackupError`, or `DamagedBackupError` when that was not written so."""
    path = folder / MANIFEST
    if not path.is_file():
        raise NoBackupError(f"{folder} holds no finished backup: there is no {MANIFEST}.")
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        written = told["format"]
        if written != FORMAT:
            raise NoBackupError(f"{folder} was written in format {written}, and this version reads format {FORMAT}.")
        if told.pop(_HASH) != _hash_over(told):
            raise DamagedBackupError(MANIFEST, "is not as it was written")
        return _understood(told)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as broken:
        raise DamagedBackupError(MANIFEST, f"cannot be understood ({broken})") from broken


def _hash_over(told: Mapping[str, Any]) -> str:
    """Hash what is told, spelled in one way."""
    spelled = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(spelled.encode()).hexdigest()


def _understood(told: Mapping[str, Any]) -> Manifest:
    """Return a manifest whose fields are all there and of their kinds; raises `ValueError`, `TypeError`, `KeyError`."""
    parts = tuple(Part(**_typed(part, Part)) for part in told["parts"])
    if unsafe := next((part for part in parts if not part.is_safe), None):
        raise ValueError(f"{unsafe.path!r} is no part of a backup")
    if len({part.path for part in parts}) < len(parts):
        raise ValueError("a part is named twice")
    heads = {service: _of(int, head) for service, head in told["heads"].items()}
    return Manifest(**{**_typed(told, Manifest), "heads": heads, "parts": parts})


def _typed(told: Mapping[str, Any], kind: type[Part | Manifest]) -> dict[str, Any]:
    """Return the fields of a kind, text and numbers checked; any other field is refused when it is made."""
    plain = {field.name: field.type for field in fields(kind) if field.type in (str, int)}
    return {name: _of(plain[name], value) if name in plain else value for name, value in told.items()}


def _of(kind: Any, value: Any) -> Any:
    """Return a value of exactly this kind; true is no number."""
    if type(value) is not kind:
        raise TypeError(f"{value!r} is not {kind.__name__}")
    return value
