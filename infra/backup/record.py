"""What is known of the last finished backup, in one small file: `VAR_DIR/backups/last.json`; see README.md."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from infra.backup.manifest import Manifest
from infra.local.places import Places
from infra.whole_file import write_whole


@dataclass(frozen=True, slots=True)
class LastBackup:
    """Nothing that happened after `began_at` is certainly in it."""

    began_at: str
    finished_at: str
    folder: str
    bytes: int
    documents: int
    heads: dict[str, int]
    audit_size: int

    @property
    def began(self) -> datetime:
        """The instant from which its age counts."""
        return datetime.fromisoformat(self.began_at)


def backups_in(var_dir: Path) -> Path:
    """Return the folder in which backups are kept unless another one is named."""
    return Places(var_dir).backups


def last(var_dir: Path) -> LastBackup | None:
    """Return what is known of the last backup; None when there never was one."""
    path = _file(var_dir)
    return LastBackup(**json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else None


def note(var_dir: Path, folder: Path, manifest: Manifest) -> None:
    """Write down a backup that is complete; the file is whole at every instant."""
    made = LastBackup(
        began_at=manifest.began_at,
        finished_at=manifest.finished_at,
        folder=str(folder),
        bytes=manifest.bytes,
        documents=manifest.documents,
        heads=dict(manifest.heads),
        audit_size=manifest.audit_size,
    )
    path = _file(var_dir)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, [json.dumps(asdict(made), indent=1).encode()])


def _file(var_dir: Path) -> Path:
    return backups_in(var_dir) / "last.json"
