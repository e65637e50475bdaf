"""Signed tree heads: a C2SP tlog-checkpoint in a C2SP signed note, with an Ed25519 key."""

import base64
import binascii
import hashlib
import re
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_ED25519 = b"\x01"
_KEY_ID_BYTES = 4
_LINES = 3
_SIZE = re.compile(r"0|[1-9][0-9]{0,17}")
"""A tree of so many entries is numbered in 64 bits; what is longer is no size."""


class Unproven(ValueError):  # noqa: N818 - a word of this field
    """The note is malformed, or not signed by the key that was asked for."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What the log promises at one instant: that its first `size` entries have the root hash `root`."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The note text: origin, size, root hash in base64, one a line."""
        return f"{self.origin}\n{self.size}\n{_base64(self.root)}\n"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a note text.

        Raises:
            Unproven: the text is not a checkpoint.
        """
        lines = text.split("\n")
        if len(lines) <= _LINES or lines[-1] or not lines[0] or not _SIZE.fullmatch(lines[1]):
            raise Unproven("not a checkpoint")
        return cls(lines[0], int(lines[1]), _bytes(lines[2]))


class Verifier(Protocol):
    """Whatever knows which checkpoints of a log are genuine; as text, the public keys by which it does, one a line."""

    @property
    def name(self) -> str:
        """The log's name, which is the origin of its checkpoints."""

    def checkpoint(self, note: str) -> Checkpoint:
        """Return the checkpoint in a note; raises `Unproven`."""


class Turn(Protocol):
    """The right to sign, held."""

    def sign(self, size: int, root: bytes) -> str:
        """Return the signed note over the tree with this size and root."""

    def done(self) -> None:
        """Tell that what was signed is in the log."""


class Signer(Protocol):
    """Whatever signs for a log."""

    @property
    def verifier(self) -> Verifier:
        """What checks its signatures."""

    def turn(self) -> AbstractContextManager[Turn]:
        """Hold the right to sign; while it is held, the log has no other key."""


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """One public key of a log under its name, in the terms of signed notes."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """Four bytes that tell a reader which key to try."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:_KEY_ID_BYTES]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{_base64(_ED25519 + self.public)}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a key in the form `name+id+base64` of signed notes.

        Raises:
            Unproven: the text is not such a key.
        """
        parts = text.strip().split("+", 2)
        key = _bytes(parts[-1])
        verifier = cls(parts[0], key[1:])
        if not key.startswith(_ED25519) or str(verifier) != text.strip():
            raise Unproven("not an Ed25519 verifier key")
        return verifier

    def fits(self, signature: bytes, text: str) -> bool:
        """Tell whether this key has signed a text."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text.encode())
        except (InvalidSignature, ValueError):
            return False
        return True

    def open(self, note: str) -> str:
        """Return the text of a note that this key has signed.

        Raises:
            Unproven: no signature line of this key, or one that does not fit the text.
        """
        text, gap, signatures = note.rpartition("\n\n")
        for line in signatures.splitlines() if gap else ():
            if line.startswith(f"— {self.name} "):
                signed = _bytes(line.rpartition(" ")[2])
                if signed[:_KEY_ID_BYTES] == self.key_id:
                    if self.fits(signed[_KEY_ID_BYTES:], text + "\n"):
                        return text + "\n"
                    raise Unproven(f"the signature of {self.name} does not fit")
        raise Unproven(f"not signed by {self.name}")

    def checkpoint(self, note: str) -> Checkpoint:
        """Return the checkpoint in a note that this key has signed.

        Raises:
            Unproven: the note is not a checkpoint of this log.
        """
        checkpoint = Checkpoint.parse(self.open(note))
        if checkpoint.origin != self.name:
            raise Unproven(f"the checkpoint of another log: {checkpoint.origin}")
        return checkpoint


class SigningKey:
    """One private key of a log. `name` is also the origin of its checkpoints."""

    def __init__(self, name: str, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.verifier = VerifierKey(name, key.public_key().public_bytes_raw())

    def sign(self, size: int, root: bytes) -> str:
        """Return the signed note over the tree with this size and root."""
        return signed_note(Checkpoint(self.verifier.name, size, root), self)

    def signature(self, text: str) -> bytes:
        """Sign a text."""
        return self._key.sign(text.encode())


def signed_note(checkpoint: Checkpoint, *keys: SigningKey) -> str:
    """Return the note of a checkpoint, signed with each of the keys."""
    text = checkpoint.text
    signed = ((key.verifier, key.verifier.key_id + key.signature(text)) for key in keys)
    lines = (f"— {verifier.name} {_base64(signature)}\n" for verifier, signature in signed)
    return f"{text}\n{''.join(lines)}"


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Unproven("not base64") from error
