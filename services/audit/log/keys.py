"""All public keys that a log ever had: each but the first was handed its office by the one before it."""

import base64
import binascii
from dataclasses import dataclass
from typing import Self

from services.audit.log.checkpoint import Checkpoint, SigningKey, Unproven, VerifierKey

_PARTS = 4


@dataclass(frozen=True, slots=True)
class KeyChange:
    """`key` signs the trees of more than `after` entries; the key before it and `key` itself have signed that.

    Both sign the same words, which name both keys: whoever trusts either may trust the other for its time.
    """

    key: VerifierKey
    after: int
    by_previous: bytes
    by_itself: bytes

    @classmethod
    def made(cls, previous: SigningKey, key: SigningKey, after: int) -> Self:
        """Hand over from one key to the next."""
        text = _text(previous.verifier, key.verifier, after)
        return cls(key.verifier, after, previous.signature(text), key.signature(text))

    def follows(self, previous: VerifierKey) -> bool:
        """Tell whether both have signed: the old key that it hands over, the new one that it is held by who claims it."""
        text = _text(previous, self.key, self.after)
        same_log = self.key.name == previous.name
        return same_log and previous.fits(self.by_previous, text) and self.key.fits(self.by_itself, text)

    def __str__(self) -> str:
        signatures = (base64.b64encode(each).decode() for each in (self.by_previous, self.by_itself))
        return " ".join((str(self.key), str(self.after), *signatures))

    @classmethod
    def parse(cls, line: str) -> Self:
        """Read a line `key after signature signature`.

        Raises:
            Unproven: the line is none.
        """
        parts = line.split(" ")
        if len(parts) != _PARTS or not (parts[1].isascii() and parts[1].isdecimal()):
            raise Unproven("not a change of keys")
        try:
            by_previous, by_itself = (base64.b64decode(part, validate=True) for part in parts[2:])
        except binascii.Error as error:
            raise Unproven("not base64") from error
        return cls(VerifierKey.parse(parts[0]), int(parts[1]), by_previous, by_itself)


@dataclass(frozen=True, slots=True)
class Keys:
    """The first key, and every change since. Which key a checkpoint needs follows from its size.

    As text it is one key a line, oldest first: the first alone, each later one with the size after which it signs, the
    signature of the key before it, and its own.
    """

    first: VerifierKey
    changes: tuple[KeyChange, ...] = ()

    @property
    def name(self) -> str:
        """The log's name."""
        return self.first.name

    @property
    def current(self) -> VerifierKey:
        """The key that signs from now on."""
        return self.changes[-1].key if self.changes else self.first

    def at(self, size: int) -> VerifierKey:
        """Return the key that signs the tree of this size."""
        return next((change.key for change in reversed(self.changes) if change.after < size), self.first)

    def changed(self, change: KeyChange) -> "Keys":
        """Return the keys with one more change.

        Raises:
            Unproven: the change is not signed by the current key, or reaches back before the last one.
        """
        if not change.follows(self.current) or (self.changes and change.after < self.changes[-1].after):
            raise Unproven(f"the key {change.key} does not follow {self.current}")
        return Keys(self.first, (*self.changes, change))

    def extend(self, earlier: "Keys") -> bool:
        """Tell whether these are the same keys, or those with more changes."""
        return self.first == earlier.first and self.changes[: len(earlier.changes)] == earlier.changes

    def checkpoint(self, note: str) -> Checkpoint:
        """Return the checkpoint in a note that the key valid at its size has signed.

        Raises:
            Unproven: the note is not a checkpoint of this log, or signed by a key that was not valid then.
        """
        claimed = Checkpoint.parse(note.rpartition("\n\n")[0] + "\n")
        return self.at(claimed.size).checkpoint(note)

    def __str__(self) -> str:
        return "\n".join(map(str, (self.first, *self.changes)))

    @staticmethod
    def parse(text: str) -> "Keys":
        """Read all keys, oldest first.

        Raises:
            Unproven: the text is none of keys, or a key is not followed by the next.
        """
        first, *changes = text.strip("\n").split("\n")
        keys = Keys(VerifierKey.parse(first))
        for line in changes:
            keys = keys.changed(KeyChange.parse(line))
        return keys


def _text(previous: VerifierKey, key: VerifierKey, after: int) -> str:
    """What both keys sign; its second line is no number, so that it never is a checkpoint."""
    return f"{key.name}\nkey change after {after}\n{previous}\n{key}\n"
