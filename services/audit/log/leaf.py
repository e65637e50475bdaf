"""What the audit log keeps of one event: where it stands, what it is, and the hash of its bytes."""

import hashlib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from services.audit.log.tree import leaf_hash

Parts = tuple[str, int, str, UUID, int, bytes]
"""The parts of a leaf, in its order."""

_sha256 = hashlib.sha256
_REMEMBERED = 10_000


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
    _check_names(service, topic)
    return Leaf(service, position, topic, subject, version, hashlib.sha256(state).digest())


class Leaves(NamedTuple):
    """Leaves that follow each other in one service's log, with the leaf hash of each."""

    parts: list[Parts]
    hashes: list[bytes]

    @classmethod
    def of(cls, leaves: Iterable[Leaf]) -> "Leaves":
        """Put leaves together, one by one."""
        parts: list[Parts] = list(leaves)
        return cls(parts, [Leaf._make(each).hash for each in parts])


def leaves_of(service: str, first: int, events: Iterable[Mapping[str, Any]]) -> Leaves:
    """Reduce stored events that stand from the position `first` on to their leaves: `leaf_of` for many, several times as fast.

    Raises:
        AttributeError, KeyError, TypeError, ValueError: one of them is no event, or has a name that `leaf_of` refuses.
    """
    parts: list[Parts] = [
        (service, position, event["t"], event["o"], event["v"], _sha256(event["s"]).digest())
        for position, event in enumerate(events, first)
    ]
    _check_names(service, *{topic for _, _, topic, _, _, _ in parts})
    hashes = [
        # The prefix of a leaf, and what `Leaf.data` says.
        _sha256(
            f"\0{service}/{position}\n{topic}\n{_spelled(subject.int)}\n{version}\n{state_hash.hex()}\n".encode()
        ).digest()
        for _, position, topic, subject, version, state_hash in parts
    ]
    return Leaves(parts, hashes)


@lru_cache(_REMEMBERED)
def _spelled(number: int) -> str:
    """Return the text of a UUID. The events of one thing are seldom far apart, and spelling costs as much as hashing."""
    name = f"{number:032x}"
    return f"{name[:8]}-{name[8:12]}-{name[12:16]}-{name[16:20]}-{name[20:]}"


def _check_names(service: str, *topics: str) -> None:
    if "\n" in service or "/" in service or any("\n" in topic for topic in topics):
        raise ValueError(f"not a name: {service!r} {topics!r}")
