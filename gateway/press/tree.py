"""The tree of RFC 6962 from the hashes in its tiles: the root is computed from the right edge alone."""

import hashlib
from collections.abc import Iterable, Iterator

HASH_BYTES = 32
_HIGHEST = 8


def root_of(rows: Iterable[bytes]) -> bytes:
    """Return the root over rows of hashes, each of perfect subtrees that are all as large as 256 of the row before.

    The rows of a tree are its partial tiles, from the leaves up; a full tile alone is a row as well. Nothing without any hash.
    """
    root = b""
    for row in rows:
        for peak in reversed(list(_peaks(row))):
            root = _node(peak, root) if root else peak
    return root


def _peaks(row: bytes) -> Iterator[bytes]:
    """Return the roots of the largest perfect subtrees over a row, from the left."""
    hashes = [row[place : place + HASH_BYTES] for place in range(0, len(row), HASH_BYTES)]
    for level in range(_HIGHEST, -1, -1):
        if len(hashes) >> level & 1:
            begin = len(hashes) >> level + 1 << level + 1
            yield _perfect(hashes[begin : begin + (1 << level)])


def _perfect(hashes: list[bytes]) -> bytes:
    while len(hashes) > 1:
        hashes = [_node(left, right) for left, right in zip(hashes[::2], hashes[1::2], strict=True)]
    return hashes[0]


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
