"""What the audit log keeps of one event: where it stands, what it is, and the hash of its bytes."""

import hashlib
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from services.audit.log.tree import leaf_hash


@dataclass(frozen=True, slots=True)
class Leaf:
    """One event of one service, reduced to what identifies and commits to it.

    `state_hash` is the SHA-256 of the event's stored bytes, so the log commits to every byte without holding any
    of them: nothing that a person may have erased later can be read from it.
    """

    service: str
    position: int
    topic: str
    subject: UUID
    version: int
    state_hash: bytes

    def __post_init__(self) -> None:
        """Refuse names that would make two different leaves have the same bytes."""
        if "\n" in self.topic or "\n" in self.service or "/" in self.service:
            message = f"not a name: {self.service!r} {self.topic!r}"
            raise ValueError(message)

    @classmethod
    def of(cls, service: str, position: int, topic: str, subject: UUID, version: int, state: bytes) -> Self:
        """Reduce an event with its stored bytes to its leaf."""
        return cls(service, position, topic, subject, version, hashlib.sha256(state).digest())

    @property
    def entry(self) -> str:
        """The name by which the outside asks for it, such as "content/42"."""
        return f"{self.service}/{self.position}"

    @property
    def content(self) -> tuple[str, UUID, int, bytes]:
        """What the event says, wherever it stands."""
        return self.topic, self.subject, self.version, self.state_hash

    @property
    def data(self) -> bytes:
        """The canonical bytes: five lines of text, so that `printf` and `sha256sum` are enough to check them."""
        text = (
            f"{self.service}/{self.position}\n{self.topic}\n{self.subject}\n{self.version}\n{self.state_hash.hex()}\n"
        )
        return text.encode()

    @property
    def hash(self) -> bytes:
        """The leaf hash of RFC 6962 over the canonical bytes."""
        return leaf_hash(self.data)
