"""What the audit log keeps of one event: where it stands, what it is, and the hash of its bytes."""

import hashlib
from typing import NamedTuple
from uuid import UUID

from services.audit.log.tree import leaf_hash


class Leaf(NamedTuple):
    """One event of one service, reduced to what identifies and commits to it.

    `state_hash` is the SHA-256 of the event's stored bytes, so the log commits to every byte without holding any
    of them: nothing that a person may have erased later can be read from it. A tuple, because verification makes
    two of them for every event there ever was.
    """

    service: str
    position: int
    topic: str
    subject: UUID
    version: int
    state_hash: bytes

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
        service, position, topic, subject, version, state_hash = self
        return f"{service}/{position}\n{topic}\n{subject}\n{version}\n{state_hash.hex()}\n".encode()

    @property
    def hash(self) -> bytes:
        """The leaf hash of RFC 6962 over the canonical bytes."""
        return leaf_hash(self.data)


def leaf_of(service: str, position: int, topic: str, subject: UUID, version: int, state: bytes) -> Leaf:
    """Reduce an event with its stored bytes to its leaf.

    Raises:
        ValueError: a name that could make two different leaves have the same bytes.
    """
    if "\n" in topic or "\n" in service or "/" in service:
        raise ValueError(f"not a name: {service!r} {topic!r}")
    return Leaf(service, position, topic, subject, version, hashlib.sha256(state).digest())
