"""The log's signing key on disk: made once, readable by its owner only; its public half beside it for everybody."""

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.audit.log.checkpoint import Signer, Verifier

_PRIVATE, _PUBLIC = "audit-log.key", "audit-log.pub"
_OWNER_ONLY = 0o600


def signer(name: str, secrets: Path) -> Signer:
    """Return the signer of the log `name`, with the key in the folder `secrets`; make the key where there is none.

    Raises:
        PermissionError: the key can be read by others than its owner, so nobody can trust what it signs.
    """
    path = secrets / _PRIVATE
    if not path.exists():
        _make(path)
    if path.stat().st_mode & 0o077:
        raise PermissionError(f"{path} must be readable by its owner only (chmod 600)")
    signs = Signer(name, Ed25519PrivateKey.from_private_bytes(path.read_bytes()))
    public = secrets / _PUBLIC
    if not public.exists():
        _publish(public, f"{signs.verifier}\n")
    return signs


def verifier(name: str, secrets: Path) -> Verifier:
    """Return the public key of the log `name`, for whoever checks but does not sign; make the key where there is none."""
    public = secrets / _PUBLIC
    if not public.exists():
        return signer(name, secrets).verifier
    return Verifier.parse(public.read_text(encoding="utf-8"))


def _make(path: Path) -> None:
    """Write a new key whole or not at all; of two processes that start together, one key wins."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY), "wb") as file:
        file.write(Ed25519PrivateKey.generate().private_bytes_raw())
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _publish(path: Path, key: str) -> None:
    """Write the public key so that nobody ever reads half of it."""
    draft = path.with_suffix(f".pub.{os.getpid()}")
    draft.write_text(key, encoding="utf-8")
    draft.replace(path)
