"""Writes finished files, so that a reader finds the whole old one or the whole new one and never anything between.

A baked folder looks like this; any web server can serve it:

    vi/index.html  vi/tin-tuc/index.html  vi/tin-tuc/page/3.html  vi/tin-tuc/<slug>.html  vi/404.html
    feeds/tin-tuc.vi.atom  sitemap.xml  sitemaps/2025-11.xml  robots.txt  static/site.<hash>.css
    and beside each of them the same with `.gz` and `.br` at the end

Pages are not flushed one by one: see `gateway.press.folder` for what happens after a power cut.
"""

import gzip
from collections.abc import Iterable, Mapping
from pathlib import Path

import brotli  # type: ignore[import-untyped]

from gateway.addresses import baked_file

_UNFINISHED = ".unfinished"
_BROTLI_QUALITY = 5
_GZIP_LEVEL = 6
_COMPRESSED_ALREADY = (".woff2", ".png", ".jpg", ".webp", ".gif")


def bake(folder: Path, pages: Iterable[tuple[str, bytes]]) -> int:
    """Write pages, given as (address, bytes), each with its compressed twins; return how many files changed.

    A page whose bytes have not changed is left alone.
    """
    count = 0
    for address, page in pages:
        path = folder / baked_file(address)
        if _differs(path, page):
            twins = _twins(path, page)
            put_in_place(twins)
            count += len(twins)
    return count


def put_in_place(files: Mapping[Path, bytes]) -> None:
    """Write files so that each appears whole, in their order."""
    for path, data in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path.with_name(path.name + _UNFINISHED), data)
    for path in files:
        path.with_name(path.name + _UNFINISHED).replace(path)


def number_in(file: Path) -> int:
    """Return the number that a file notes; 0 where there is none, or none that can be read, as after a power cut."""
    try:
        return int(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return 0


def _differs(path: Path, page: bytes) -> bool:
    try:
        return path.read_bytes() != page
    except FileNotFoundError:
        return True


def _twins(path: Path, page: bytes) -> dict[Path, bytes]:
    """Return the compressed twins and the page itself, in the order in which they are put in place: the page last.

    A crash between them leaves an old page beside new twins; it differs from what is printed next time, so all are
    written again.
    """
    if path.suffix in _COMPRESSED_ALREADY:
        return {path: page}
    return {
        path.with_name(path.name + ".gz"): gzip.compress(page, _GZIP_LEVEL, mtime=0),
        path.with_name(path.name + ".br"): brotli.compress(page, quality=_BROTLI_QUALITY),
        path: page,
    }


def _write(path: Path, data: bytes) -> None:
    path.write_bytes(data)
