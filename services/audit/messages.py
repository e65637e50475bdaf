"""What the audit service says to others: the topics of its events, and the shapes of its RPC answers."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

EXPORT_MADE = "audit.export.made"
INSPECTION_FINISHED = "audit.inspection.finished"
PACK_ORDERED = "audit.pack.ordered"
PACK_SEALED = "audit.pack.sealed"
KEY_ROTATED = "audit.key.rotated"
TAMPERING_FOUND = "audit.tampering.found"
ATTEMPT_REFUSED = "audit.attempt.refused"

PUBLIC_TOPICS: tuple[str, ...] = ()
"""Nothing of the audit service is public as an event; checkpoints and proofs are asked for."""


VERIFIER = Path(__file__).parent / "verifier" / "verify_minhbach.py"
"""The program that checks receipts and audit packs anywhere, for whoever hands it out."""


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """Answer of the RPC `checkpoint()`: the log's latest signed note, and the public keys that check it.

    `note` is a C2SP signed note over a C2SP tlog-checkpoint, or empty while nothing was ever logged; `key` is the one
    that signs now, in the form `name+id+base64`; `keys` are all there ever were, one a line, oldest first: each but the
    first with the size after which it signs, the signature of the key before it, and its own.
    """

    note: str
    size: int
    root: str
    key: str
    keys: str = ""

    @classmethod
    def read(cls, record: dict[str, Any]) -> Self:
        """Read an answer."""
        return cls(**record)


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """Answer of the RPC `proof(entry)`: that an entry such as "content/42" is in the log, in the terms of RFC 6962.

    `leaf` is the text whose bytes are the leaf's data; hashes are lower-case hexadecimal; `path` goes from the leaf
    upwards and leads to `root`, the root of the tree of the `size` entries that `note` signs; `keys` as in
    `SignedCheckpoint`. The RPC `proof_at(index)` answers the same.
    """

    entry: str
    index: int
    leaf: str
    leaf_hash: str
    path: tuple[str, ...]
    size: int
    root: str
    note: str
    keys: str = ""

    @classmethod
    def read(cls, record: dict[str, Any]) -> Self:
        """Read an answer."""
        return cls(**{**record, "path": tuple(record["path"])})


@dataclass(frozen=True, slots=True)
class ConsistencyProof:
    """Answer of the RPC `consistency(old, new)`: that the first `old` entries are the beginning of the first `new`.

    Neither size is larger than the signed one. Hashes are lower-case hexadecimal, `path` is that of RFC 6962.
    """

    old: int
    new: int
    old_root: str
    new_root: str
    path: tuple[str, ...]

    @classmethod
    def read(cls, record: dict[str, Any]) -> Self:
        """Read an answer."""
        return cls(**{**record, "path": tuple(record["path"])})


@dataclass(frozen=True, slots=True)
class TileHashes:
    """Answer of the RPC `tile(level, number, width)`: the first `width` hashes of a C2SP tlog-tiles tile, as base64."""

    level: int
    number: int
    width: int
    hashes: str

    @classmethod
    def read(cls, record: dict[str, Any]) -> Self:
        """Read an answer."""
        return cls(**record)
