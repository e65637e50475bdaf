"""A commit: all events of one save, or of several written together, in one document, chained by hash to the one before.

The document of a commit, in the collection `events`:

    _id  position of its first event; the next commit's _id is this _id + n, so positions have no gaps
    n    number of events
    e    [{o: id of the aggregate, v: version, t: topic, s: state bytes}, ...]
    c    random token, by which a writer recognises its own commit after an ambiguous outcome; 8 bytes, followed by 8 for
         each group of saves that another process had offered
    k    {a: upstream service, n: position handled, p: position handled before}, when the save reacts to an upstream
    p    hash of the previous commit
    h    SHA-256 over p and the canonical bytes of this commit
"""

import hashlib
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from infra.event_store.connection import Document

GENESIS = bytes(32)
"""What the first commit names as the hash before it."""
COMMITS: Document = {"_id": {"$gte": 1, "$type": ["int", "long"]}}
"""Commits, and neither what only records a handled upstream position nor what somebody has put where no position is."""

_sha256 = hashlib.sha256
_HEAD, _ENTRY, _HANDLED = struct.Struct(">QI"), struct.Struct(">IqII"), struct.Struct(">IQ")
_pack_whole, _UUID_BYTES = struct.Struct(">QIIqIIx16s").pack, 17
"""A commit of one event of a UUID, up to its topic; the zero byte before the UUID is the pad byte."""


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One stored event at its position in the service's log; `state` is canonical JSON."""

    position: int
    originator_id: UUID
    version: int
    topic: str
    state: bytes


@dataclass(frozen=True, slots=True)
class Handled:
    """The upstream position whose handling was recorded together with a commit."""

    upstream: str
    position: int


@dataclass(frozen=True, slots=True)
class Commit:
    """What was written together: its entries, the hash of the commit before it and its own (32 bytes each)."""

    first: int
    entries: tuple[LogEntry, ...]
    handled: Handled | None
    previous: bytes
    hash: bytes

    @property
    def last(self) -> int:
        """Position of the last entry."""
        return self.first + len(self.entries) - 1


@dataclass(frozen=True, slots=True)
class ChainBreak:
    """Where a log is not what was written: `reason` is missing, altered or unlinked."""

    position: int
    reason: str


def canonical_bytes(first: int, entries: Sequence[LogEntry], handled: Handled | None) -> bytes:
    """Spell a commit in one way: every part behind its length, all numbers big-endian.

    first (8), number of entries (4); for each entry the length of the id (4), version (8), lengths of topic and state
    (4 each), then id, topic and state; at the end, where an upstream was handled, the length of its name (4), the
    position (8) and the name. An id is a zero byte and the 16 bytes of the UUID, or a one byte and UTF-8 text.
    """
    parts = [_HEAD.pack(first, len(entries))]
    for entry in entries:
        subject, topic = _subject_bytes(entry.originator_id), entry.topic.encode()
        parts += (_ENTRY.pack(len(subject), entry.version, len(topic), len(entry.state)), subject, topic)
        parts.append(entry.state)
    if handled is not None:
        upstream = handled.upstream.encode()
        parts += (_HANDLED.pack(len(upstream), handled.position), upstream)
    return b"".join(parts)


def commit_hash(previous: bytes, first: int, entries: Sequence[LogEntry], handled: Handled | None) -> bytes:
    """Return the hash of a commit that follows a commit with the hash `previous`."""
    return hashlib.sha256(previous + canonical_bytes(first, entries, handled)).digest()


def hash_of_document(document: Document) -> bytes:
    """Return the hash that the commit in a document should have: as `commit_hash` says, twice as fast.

    Raises:
        AttributeError, KeyError, TypeError, struct.error: the document holds no commit.
    """
    events, handled = document["e"], document.get("k")
    if handled is None and len(events) == 1 and type(subject := (event := events[0])["o"]) is UUID:
        # Most commits: everything but topic and state is packed at once, and the state, which is long, not copied.
        topic, state = event["t"].encode(), event["s"]
        head = _pack_whole(
            document["_id"], 1, _UUID_BYTES, event["v"], len(topic), len(state), subject.int.to_bytes(16)
        )
        hashed = _sha256(document["p"] + head + topic)
        hashed.update(state)
        return hashed.digest()
    parts = [document["p"], _HEAD.pack(document["_id"], len(events))]
    for event in events:
        subject, topic, state = _subject_bytes(event["o"]), event["t"].encode(), event["s"]
        parts += (_ENTRY.pack(len(subject), event["v"], len(topic), len(state)), subject, topic, state)
    if handled is not None:
        upstream = handled["a"].encode()
        parts += (_HANDLED.pack(len(upstream), handled["n"]), upstream)
    return _sha256(b"".join(parts)).digest()


def sealed(first: int, entries: Sequence[LogEntry], handled: Handled | None, previous: bytes) -> Commit:
    """Return the commit of these entries, with its hash."""
    return Commit(first, tuple(entries), handled, previous, commit_hash(previous, first, entries, handled))


def as_document(commit: Commit, token: bytes, handled_before: int | None) -> Document:
    """Return the document that stores a commit."""
    document: Document = {
        "_id": commit.first,
        "n": len(commit.entries),
        "e": [{"o": e.originator_id, "v": e.version, "t": e.topic, "s": e.state} for e in commit.entries],
        "c": token,
        "p": commit.previous,
        "h": commit.hash,
    }
    if commit.handled is not None:
        document["k"] = {"a": commit.handled.upstream, "n": commit.handled.position, "p": handled_before}
    return document


def entries_of(document: Document) -> list[LogEntry]:
    """Return the entries that a commit document holds."""
    first = document["_id"]
    return [LogEntry(first + i, e["o"], e["v"], e["t"], e["s"]) for i, e in enumerate(document["e"])]


def from_document(document: Document) -> Commit:
    """Return the commit that a document holds, as stored: nothing is verified here."""
    tracked: dict[str, Any] | None = document.get("k")
    return Commit(
        document["_id"],
        tuple(entries_of(document)),
        None if tracked is None else Handled(tracked["a"], tracked["n"]),
        document["p"],
        document["h"],
    )


def chain_breaks(commits: Iterable[Commit], after: int = 0, previous: bytes = GENESIS) -> Iterator[ChainBreak]:
    """Check commits in order, beginning with the one at `after` + 1, and tell every place where the chain is broken.

    A break is told at the position of the commit concerned; for missing commits at the first missing position.
    Commits cut off at the end leave no trace here: compare the last position with what others know.
    """
    for commit in commits:
        if commit.first != after + 1:
            yield ChainBreak(min(after + 1, commit.first), "missing" if commit.first > after + 1 else "unlinked")
        elif commit.previous != previous:
            yield ChainBreak(commit.first, "unlinked")
        if commit.hash != commit_hash(commit.previous, commit.first, commit.entries, commit.handled):
            yield ChainBreak(commit.first, "altered")
        after, previous = commit.last, commit.hash


def _subject_bytes(subject: UUID | str) -> bytes:
    return b"\x00" + subject.bytes if isinstance(subject, UUID) else b"\x01" + subject.encode()
