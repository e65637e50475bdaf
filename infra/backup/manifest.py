"""What a backup says of itself: when, of which province, up to where in each log, and every file with its hash."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

MANIFEST = "manifest.json"
FORMAT = 1
"""Counts up when an older version could no longer restore what is written."""


class NoBackupError(Exception):
    """The folder holds no backup, or one that cannot be used; the message says why."""


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
        """Write it as it stands in the folder."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False)


def read_manifest(folder: Path) -> Manifest:
    """Read what a backup says of itself; raises `NoBackupError`."""
    path = folder / MANIFEST
    if not path.is_file():
        raise NoBackupError(f"{folder} holds no finished backup: there is no {MANIFEST}.")
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
        written = fields["format"]
        if written != FORMAT:
            raise NoBackupError(f"{folder} was written in format {written}, and this version reads format {FORMAT}.")
        parts = tuple(Part(**part) for part in fields.pop("parts"))
        return Manifest(parts=parts, **fields)
    except (ValueError, KeyError, TypeError) as broken:
        raise NoBackupError(f"{path} is damaged: {broken}") from broken
