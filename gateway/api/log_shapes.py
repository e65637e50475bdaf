"""The shapes of what the API answers about the log."""

from typing import Literal

from pydantic import BaseModel, Field

FORMAT: Literal["minhbach-receipt/1"] = "minhbach-receipt/1"
_KEYS = "every key that the log ever signed with, one a line, oldest first; each but the first with its signed change"


class Checkpoint(BaseModel):
    """The log's latest signed head (C2SP tlog-checkpoint)."""

    note: str = Field(description="the signed note, empty while the log is")
    size: int = Field(description="number of entries")
    root: str = Field(description="root hash of the tree, in hexadecimal")
    key: str = Field(description="the key that signs now, as `name+id+base64`")
    keys: str = Field(description=_KEYS)


class Proof(BaseModel):
    """That an entry is in the log (RFC 6962): hashes are lower-case hexadecimal, `path` leads from leaf to root."""

    entry: str
    index: int
    leaf: str = Field(description="five lines: place, topic, subject, version, SHA-256 of the event's bytes")
    leaf_hash: str
    path: list[str]
    size: int
    root: str
    note: str
    keys: str = Field(description=_KEYS)


class Consistency(BaseModel):
    """That the log's first `old` entries are the beginning of its first `new` (RFC 6962): nothing before was rewritten."""

    old: int
    new: int
    old_root: str
    new_root: str
    path: list[str]


class ReceiptItem(BaseModel):
    """What the entry is about."""

    id: str = Field(description="identifier of the item (UUID)")
    title: dict[str, str] = Field(description="by language")
    pages: dict[str, str] = Field(description="addresses of its pages, by language")
    data: str = Field(description="address of the whole item as data")


class Receipt(BaseModel):
    """All that it takes to check offline that a publication, or a withdrawal, is in the log as it was shown.

    `verify_minhbach.py` checks it step by step; so does the page of the receipt.
    """

    format: Literal["minhbach-receipt/1"] = FORMAT
    origin: str = Field(description="the log's name")
    entry: str
    index: int
    leaf: str = Field(description="five lines: place, topic, subject, version, SHA-256 of `state`")
    state: str = Field(description="the event, byte for byte as it is stored: who, when, under which clause, what")
    content_hash: str | None = Field(
        description="SHA-256 of the canonical JSON (names sorted, no spaces, UTF-8) of `content` in `state`, which is "
        "the `content` of the item as data; null for a withdrawal"
    )
    path: list[str] = Field(description="hashes that lead from the leaf to the root (RFC 6962)")
    checkpoint: str = Field(description="the signed note with the root")
    keys: str = Field(description=_KEYS)
    item: ReceiptItem
    verifier: str = Field(description="address of the program that checks this")
    consistency: str = Field(
        description="address, but for the newer size, of the proof that later trees begin with this one"
    )
