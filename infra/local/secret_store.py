"""Secrets made once on this machine and kept under `var/secrets`, readable by their owner only."""

import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from infra.whole_file import OWNER_ONLY, write_whole

DEMO_LOGINS = (
    "head",
    "standing-deputy",
    "deputy",
    "secretary",
    "editor1",
    "editor2",
    "editor3",
    "editor4",
    "tech1",
    "tech2",
    "reviewer",
    "collaborator1",
)
"""The accounts of the demo province."""

_BYTES = 24
_DEMO_BYTES = 12


@dataclass(frozen=True, slots=True)
class SecretStore:
    """Secrets by name in one folder."""

    directory: Path

    @property
    def demo_accounts(self) -> Path:
        """The file with the passwords of the demo accounts by login."""
        return self.directory / "demo-accounts.json"

    def secret(self, name: str) -> str:
        """Return the secret of that name; the first call makes it."""
        path = self.directory / name
        if not path.exists():
            self._write(path, secrets.token_urlsafe(_BYTES))
        return path.read_text(encoding="ascii")

    def demo_passwords(self) -> dict[str, str]:
        """Return the passwords of the demo accounts by login; the first call makes them."""
        if not self.demo_accounts.exists():
            made = {login: _password() for login in DEMO_LOGINS}
            self._write(self.demo_accounts, json.dumps(made, indent=2))
        passwords: dict[str, str] = json.loads(self.demo_accounts.read_text(encoding="ascii"))
        return passwords

    def _write(self, path: Path, text: str) -> None:
        """Write a file that nobody else could read at any moment, whole or not at all."""
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(path, [text.encode("ascii")], OWNER_ONLY)


def _password() -> str:
    """Make a password of all four kinds of characters, as the rules for accounts ask."""
    return f"Demo.{secrets.token_urlsafe(_DEMO_BYTES)}.{secrets.randbelow(90) + 10}"
