"""A portal as files in a folder, and commands of the runner on that folder."""

import subprocess
import sys
from pathlib import Path

from infra.local.places import ROOT
from infra.settings import environment

PORTAL = {
    "mongod/data/content": "rows",
    "rabbitmq/messages": "messages",
    "site/current/index.html": "page",
    "search/index": "words",
    "audit/checkpoint": "note",
    "packs/pack.zip": "pack",
    "secrets/audit-log.key": "key",
    "secrets/audit-log.pub": "public key",
    "secrets/session-key": "sessions",
    "secrets/demo-accounts.json": "accounts",
    "demo-loaded": "",
}
STAYS = {"secrets/mongo-administrator": "password", "backups/20260101T000000Z/manifest.json": "{}"}
RESTORED = {"mongod/data/content": "restored", "secrets/session-key": "restored", "audit/checkpoints": "restored"}


class Said(list[str]):
    """What a person was told."""

    def __call__(self, line: str) -> None:
        self.append(line)


def lay(folder: Path, files: dict[str, str]) -> None:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")


def lies(folder: Path) -> dict[str, str]:
    """Return every file of a portal, with its content; what the runner says of itself is none."""
    found = (path for path in folder.rglob("*") if path.is_file())
    named = {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in found}
    return {name: content for name, content in named.items() if not name.startswith(("run/", "log/"))}


def command(var: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    own = {**environment(), "VAR_DIR": str(var), **settings}
    line = (sys.executable, "-m", "infra.local", *arguments)
    return subprocess.run(line, cwd=ROOT, env=own, capture_output=True, text=True, check=False, timeout=120)
