"""One spelling of a JSON value, so that equal values have equal bytes and equal hashes."""

import hashlib
import json
from typing import Any

_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical_json(value: Any) -> bytes:
    """Encode a JSON value with sorted keys, no spaces and unescaped UTF-8."""
    return _CANONICAL.encode(value).encode()


def content_hash(value: Any) -> str:
    """Return the SHA-256 of the canonical bytes of a JSON value, in lower-case hexadecimal."""
    return hashlib.sha256(canonical_json(value)).hexdigest()
