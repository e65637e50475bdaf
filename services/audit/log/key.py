"""The log's keys on disk: the private one readable by its owner only, all public ones beside it for everybody.

    audit-log.key           the private key that signs now; made on the first start
    audit-log.pub           every public key there ever was, oldest first; see `services.audit.log.keys`
    audit-log.next.key      only while a change of keys is being made
    audit-log.previous.key  only until the first checkpoint is signed after a change: that one is signed by both
    audit-log.lock          held shared by whoever signs, alone by whoever changes the key

A change is made by writing `audit-log.pub`; whoever finds it made but the private key not yet exchanged, exchanges it.
Running processes see the change at their next signature. Nothing is signed while a change is made, so no checkpoint can
be signed by a key that has just ended.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_SH, flock
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from infra.whole_file import OWNER_ONLY, write_whole
from services.audit.log.checkpoint import Checkpoint, SigningKey, Unproven, signed_note
from services.audit.log.keys import KeyChange, Keys

_PRIVATE, _PUBLIC, _LOCK = "audit-log.key", "audit-log.pub", "audit-log.lock"
_NEXT, _PREVIOUS = "audit-log.next.key", "audit-log.previous.key"


class KeptKeys:
    """The public keys as the file holds them now, for whoever checks."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: tuple[int, int] | None = None
        self._keys: Keys | None = None

    @property
    def name(self) -> str:
        """The log's name."""
        return self.now().name

    def now(self) -> Keys:
        """Return the keys, read anew if the file is another one.

        Raises:
            Unproven: the file no longer begins with the keys that it named before.
        """
        found = os.stat(self._path)  # noqa: PTH116 - asked for every checkpoint that is verified
        stamp = found.st_ino, found.st_mtime_ns
        if self._keys is None or stamp != self._stamp:
            keys = Keys.parse(self._path.read_text(encoding="utf-8"))
            if self._keys is not None and not keys.extend(self._keys):
                raise Unproven(f"{self._path} names other keys than it did")
            self._keys, self._stamp = keys, stamp
        return self._keys

    def checkpoint(self, note: str) -> Checkpoint:
        """Return the checkpoint in a note; raises `Unproven`."""
        return self.now().checkpoint(note)

    def __str__(self) -> str:
        return str(self.now())


class SigningTurn:
    """The right to sign, held: with the key of now, and once more with the one before where that has just ended."""

    def __init__(self, key: SigningKey, previous: SigningKey | None, previous_path: Path) -> None:
        self._keys = (key,) if previous is None else (previous, key)
        self._previous_path = previous_path
        self._name = key.verifier.name

    def sign(self, size: int, root: bytes) -> str:
        """Return the signed note over the tree with this size and root."""
        return signed_note(Checkpoint(self._name, size, root), *self._keys)

    def done(self) -> None:
        """Forget the key before: the note that both have signed is in the log."""
        if len(self._keys) > 1:
            self._previous_path.unlink(missing_ok=True)


class KeptSigner:
    """Signs with the key in the folder `secrets` as it is at that moment."""

    def __init__(self, name: str, secrets: Path) -> None:
        self._name = name
        self._secrets = secrets
        self.verifier = KeptKeys(secrets / _PUBLIC)
        self._key = _read(name, secrets / _PRIVATE)

    @contextmanager
    def turn(self) -> Iterator[SigningTurn]:
        """Hold the right to sign; while it is held, nobody changes the key."""
        with _held(self._secrets, LOCK_SH):
            if self._is_current():
                yield self._turn()
                return
        with _held(self._secrets, LOCK_EX):
            _exchange(self._name, self._secrets)
        with _held(self._secrets, LOCK_SH):
            yield self._turn()

    def sign(self, size: int, root: bytes) -> str:
        """Return the signed note over the tree with this size and root."""
        with self.turn() as turn:
            return turn.sign(size, root)

    def _is_current(self) -> bool:
        """Tell whether the private key is the one that the public ones end with; read it anew if another took its place."""
        current = self.verifier.now().current
        if self._key.verifier != current:
            self._key = _read(self._name, self._secrets / _PRIVATE)
        return self._key.verifier == current

    def _turn(self) -> SigningTurn:
        if not self._is_current():
            raise PermissionError(f"{self._secrets / _PRIVATE} is not the key that {_PUBLIC} ends with")
        previous = self._secrets / _PREVIOUS
        return SigningTurn(self._key, _read(self._name, previous) if previous.exists() else None, previous)


def signer(name: str, secrets: Path) -> KeptSigner:
    """Return the signer of the log `name`, with the key in the folder `secrets`; make the key where there is none.

    Raises:
        PermissionError: the key can be read by others than its owner, so nobody can trust what it signs.
    """
    if not ((secrets / _PRIVATE).exists() and (secrets / _PUBLIC).exists()):
        _begin(name, secrets)
    return KeptSigner(name, secrets)


def verifier(name: str, secrets: Path) -> KeptKeys:
    """Return the public keys of the log `name`, for whoever checks but does not sign; make a key where there is none."""
    if not (secrets / _PUBLIC).exists():
        return signer(name, secrets).verifier
    return KeptKeys(secrets / _PUBLIC)


def change_key(name: str, secrets: Path, signed_size: Callable[[], int]) -> KeyChange:
    """Make a new key, let the old one hand over to it after as many entries as are signed by then, and return that.

    `signed_size` is asked while nobody may sign; what it raises leaves everything as it is.

    Raises:
        PermissionError: the key can be read by others than its owner.
    """
    signer(name, secrets)
    with _held(secrets, LOCK_EX):
        _exchange(name, secrets)
        after = signed_size()
        if not (secrets / _NEXT).exists():
            _make(secrets / _NEXT)
        old, new = _read(name, secrets / _PRIVATE), _read(name, secrets / _NEXT)
        change = KeyChange.made(old, new, after)
        _publish(secrets / _PUBLIC, Keys.parse((secrets / _PUBLIC).read_text(encoding="utf-8")).changed(change))
        _exchange(name, secrets)
    return change


def _begin(name: str, secrets: Path) -> None:
    """Make the first key, and publish it; of processes that start together, one does."""
    secrets.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _held(secrets, LOCK_EX):
        if not (secrets / _PRIVATE).exists():
            _make(secrets / _PRIVATE)
        if not (secrets / _PUBLIC).exists():
            _publish(secrets / _PUBLIC, Keys(_read(name, secrets / _PRIVATE).verifier))


def _exchange(name: str, secrets: Path) -> None:
    """Put the new private key in the place of the old one, if the public keys say that it has taken over."""
    current = KeptKeys(secrets / _PUBLIC).now().current
    if (secrets / _NEXT).exists() and _read(name, secrets / _NEXT).verifier == current:
        (secrets / _PREVIOUS).unlink(missing_ok=True)
        (secrets / _PREVIOUS).hardlink_to(secrets / _PRIVATE)
        (secrets / _NEXT).replace(secrets / _PRIVATE)


@contextmanager
def _held(secrets: Path, how: int) -> Iterator[None]:
    descriptor = os.open(secrets / _LOCK, os.O_RDWR | os.O_CREAT, OWNER_ONLY)
    try:
        flock(descriptor, how)
        yield
    finally:
        os.close(descriptor)


def _read(name: str, path: Path) -> SigningKey:
    if path.stat().st_mode & 0o077:
        raise PermissionError(f"{path} must be readable by its owner only (chmod 600)")
    return SigningKey(name, Ed25519PrivateKey.from_private_bytes(path.read_bytes()))


def _make(path: Path) -> None:
    """Write a new key whole or not at all."""
    write_whole(path, [Ed25519PrivateKey.generate().private_bytes_raw()], OWNER_ONLY)


def _publish(path: Path, keys: Keys) -> None:
    """Write the public keys so that nobody ever reads half of them, and no power cut takes them away."""
    write_whole(path, [f"{keys}\n".encode()])
