"""Whether the log's own keys have signed what it offers: C2SP signed notes with Ed25519, and keys that hand over to the next.

Keys are told one a line, oldest first: the first alone as `name+id+base64`, each later one with the size after which it
signs, the signature of the key before it, and its own.
"""

import hashlib
from base64 import b64decode

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_ED25519 = b"\x01"
_KEY_ID_BYTES = 4


def is_signed(note: str, size: int, keys: str) -> bool:
    """Tell whether a note is a checkpoint of `size` entries, signed by the one of the keys that is valid at this size."""
    try:
        return _is_signed(note, size, _key_at(size, keys))
    except (ValueError, InvalidSignature):
        return False


def _key_at(size: int, keys: str) -> str:
    """Return the key that signs trees of this size, after every change of keys was checked."""
    first, *changes = keys.split("\n")
    valid = previous = first
    ended = 0
    for line in changes:
        key, after, by_previous, by_itself = line.split(" ")
        words = f"{_name(first)}\nkey change after {after}\n{previous}\n{key}\n".encode()
        _public(previous).verify(b64decode(by_previous, validate=True), words)
        _public(key).verify(b64decode(by_itself, validate=True), words)
        if int(after) < ended or _name(key) != _name(first):
            raise ValueError(line)
        valid, previous, ended = key if int(after) < size else valid, key, int(after)
    return valid


def _is_signed(note: str, size: int, key: str) -> bool:
    text, _, signatures = note.rpartition("\n\n")
    if text.split("\n")[:2] != [_name(key), str(size)]:
        return False
    own = f"— {_name(key)} "
    signed = [b64decode(line.removeprefix(own)) for line in signatures.split("\n") if line.startswith(own)]
    (signature,) = (each[_KEY_ID_BYTES:] for each in signed if each[:_KEY_ID_BYTES] == _key_id(key))
    _public(key).verify(signature, f"{text}\n".encode())
    return True


def _name(key: str) -> str:
    return key.partition("+")[0]


def _key_id(key: str) -> bytes:
    _, key_id, _ = key.split("+", 2)
    return bytes.fromhex(key_id)


def _public(key: str) -> Ed25519PublicKey:
    name, _, encoded = key.split("+", 2)
    data = b64decode(encoded, validate=True)
    if hashlib.sha256(f"{name}\n".encode() + data).digest()[:_KEY_ID_BYTES] != _key_id(key) or data[:1] != _ED25519:
        raise ValueError(key)
    return Ed25519PublicKey.from_public_bytes(data[1:])
