"""Baked files kept in memory, ready to be sent, until the file under the same name is another one."""

import hashlib
import os
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from starlette.types import Message

MEDIA_TYPES: Mapping[str, str] = {
    ".html": "text/html; charset=utf-8",
    ".atom": "application/atom+xml; charset=utf-8",
    ".xml": "application/xml; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".py": "text/x-python; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".webp": "image/webp",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".gif": "image/gif",
}
ENCODINGS = (("br", ".br"), ("gzip", ".gz"), ("", ""))
"""What may be sent, best first: its name in `content-encoding`, and the ending of its file."""
BYTES = "application/octet-stream"
_PLAIN = ("/log/checkpoint", "/log/keys")
LARGEST_KEPT = 512 * 1024
_LOOK_EVERY_S = 0.002
"""Under load many readers share one look at the disk."""
_REVALIDATE = b"no-cache"
_LASTING = ("/static/", "/files/", "/log/tile/")
_FOR_EVER = b"public, max-age=31536000, immutable"

Pairs = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Answer:
    """One encoding of a file: the messages that answer a request for it."""

    etag: bytes
    found: Message
    unchanged: Message
    body: Message


@dataclass(slots=True)
class Shelved:
    """A file in all its encodings, best first by name; `stamp` is what it was recognised by when it was read."""

    path: str
    stamp: tuple[int, int, int]
    answers: Mapping[str, Answer]
    size: int
    looked_at_s: float

    def fresh(self) -> bool:
        """Tell whether the file under this name is still the one that was read, or was a moment ago."""
        now = monotonic()
        if now - self.looked_at_s < _LOOK_EVERY_S:
            return True
        self.looked_at_s = now
        return stamp_of(self.path) == self.stamp


class Kept:
    """Files by address; at most so many bytes, the longest unused go first."""

    def __init__(self, bytes_most: int, always: Iterable[tuple[str, str]]) -> None:
        self._most = bytes_most
        self._always: Pairs = [(name.encode(), value.encode()) for name, value in always]
        self._shelved: OrderedDict[str, Shelved] = OrderedDict()
        self._bytes = 0

    def get(self, address: str) -> Shelved | None:
        """Return what is kept under an address, if it is still what the folder holds."""
        shelved = self._shelved.get(address)
        if shelved is None:
            return None
        if not shelved.fresh():
            self._drop(address)
            return None
        self._shelved.move_to_end(address)
        return shelved

    def read(self, address: str, path: Path) -> Shelved | None:
        """Read a file and keep it; None when there is none."""
        stamp = stamp_of(str(path))
        if stamp is None:
            return None
        shelved = self._read(path, stamp, media_type_of(address), lasting=address.startswith(_LASTING))
        self._shelved[address] = shelved
        self._bytes += shelved.size
        while self._bytes > self._most and len(self._shelved) > 1:
            self._drop(next(iter(self._shelved)))
        return shelved

    @property
    def bytes(self) -> int:
        """How many bytes are kept."""
        return self._bytes

    def _drop(self, address: str) -> None:
        self._bytes -= self._shelved.pop(address).size

    def _read(self, path: Path, stamp: tuple[int, int, int], media_type: str, *, lasting: bool) -> Shelved:
        bodies = {name: data for name, ending in ENCODINGS if (data := _bytes(f"{path}{ending}")) is not None}
        caching: Pairs = [(b"cache-control", _FOR_EVER if lasting else _REVALIDATE), (b"vary", b"accept-encoding")]
        whole: Pairs = [(b"content-type", media_type.encode()), *self._always]
        answers = {name: _answer(data, name, caching, whole) for name, data in bodies.items()}
        return Shelved(str(path), stamp, answers, sum(map(len, bodies.values())), monotonic())


def media_type_of(address: str) -> str:
    """Return how a baked file is to be understood; tiles of the log have no ending, and are bytes."""
    if address in _PLAIN:
        return MEDIA_TYPES[".txt"]
    return BYTES if address.startswith("/log/tile/") else MEDIA_TYPES[Path(address).suffix or ".html"]


def stamp_of(path: str) -> tuple[int, int, int] | None:
    """Return what tells a file from another one put in its place; None when there is none."""
    try:
        found = os.stat(path)  # noqa: PTH116 - a quarter of the time of Path.stat, on every request
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def _answer(data: bytes, encoding: str, caching: Pairs, whole: Pairs) -> Answer:
    """Prepare what is sent; "unchanged" repeats only what a cache may have to know anew."""
    etag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'.encode()
    known: Pairs = [(b"etag", etag), *caching]
    found: Pairs = [*known, *whole, (b"content-length", str(len(data)).encode())]
    if encoding:
        found.append((b"content-encoding", encoding.encode()))
    return Answer(
        etag=etag,
        found={"type": "http.response.start", "status": 200, "headers": found},
        unchanged={"type": "http.response.start", "status": 304, "headers": known},
        body={"type": "http.response.body", "body": data},
    )


def _bytes(path: str) -> bytes | None:
    try:
        return Path(path).read_bytes()
    except FileNotFoundError:
        return None
