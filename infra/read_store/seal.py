"""Seals on documents: whoever may write in a database, but has not the secret beside it, can make none that holds."""

import hmac
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import bson

from infra.event_store.connection import CODEC

MONITOR_SECRET = Path("audit") / "monitor.key"
"""Where below VAR_DIR the secret lies with which the audit service's monitor seals its word."""

_SEAL = "seal"
_SECRET_BYTES = 32
_OWNER_ONLY = 0o600


class Seal:
    """Seals documents with the secret in a file, which it makes where there is none. Methods raise `OSError`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def put(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """Return the document with its seal, over every field and its `_id`."""
        if not self._path.exists():
            self._make()
        return {**document, _SEAL: _seal_of(self._path.read_bytes(), document)}

    def holds(self, document: Mapping[str, Any]) -> bool:
        """Tell whether a document, as it was stored, is one that was sealed; none is where there is no secret."""
        try:
            secret = self._path.read_bytes()
        except FileNotFoundError:
            return False
        found = document.get(_SEAL)
        if len(secret) != _SECRET_BYTES or not isinstance(found, bytes):
            return False
        return hmac.compare_digest(found, _seal_of(secret, document))

    def _make(self) -> None:
        """Make a secret whole or not at all; of processes that start together, one does."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY), "wb") as file:
            file.write(secrets.token_bytes(_SECRET_BYTES))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            self._path.hardlink_to(draft)
        draft.unlink()


def _seal_of(secret: bytes, document: Mapping[str, Any]) -> bytes:
    """Return the seal; BSON spells a document before it is stored as it does afterwards, if its fields are in one order."""
    told = {name: document[name] for name in sorted(document) if name != _SEAL}
    return hmac.digest(secret, bson.encode(told, codec_options=CODEC), "sha256")
