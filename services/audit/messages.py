"""What the audit service says to others: the topics of its events, and the shapes of its RPC answers."""

from dataclasses import dataclass
from typing import Any, Self

EXPORT_MADE = "audit.export.made"
INSPECTION_FINISHED = "audit.inspection.finished"
PACK_ORDERED = "audit.pack.ordered"
PACK_SEALED = "audit.pack.sealed"
ATTEMPT_REFUSED = "audit.attempt.refused"

PUBLIC_TOPICS: tuple[str, ...] = ()
"""Nothing of the audit service is public as an event; checkpoints and proofs are asked for."""


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """Answer of the RPC `checkpoint()`: the log's latest signed note, and the public key that checks it.

    `note` is a C2SP signed note over a C2SP tlog-checkpoint, or empty while nothing was ever logged; `key` is in the
    form `name+id+base64`.
    """

    note: str
    size: int
    root: str
    key: str

    @classmethod
    def read(cls, record: dict[str, Any]) -> Self:
        """Read an answer."""
        return cls(**record)


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """Answer of the RPC `proof(entry)`: that an entry such as "content/42" is in the log, in the terms of RFC 6962.

    `leaf` is the text whose bytes are the leaf's data; hashes are lower-case hexadecimal; `path` goes from the leaf
    upwards and leads to `root`, the root of the tree of the `size` entries that `note` signs.
    """

    entry: str
    index: int
    leaf: str
    leaf_hash: str
    path: tuple[str, ...]
    size: int
    root: str
    note: str

    @classmethod
    def read(cls, record: dict[str, Any]) -> Self:
        """Read an answer."""
        return cls(**{**record, "path": tuple(record["path"])})
