"""Pictures and attachments, fetched once from the newsroom and kept beside the pages under the hash of their bytes."""

import hashlib
import os
from base64 import b64decode
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote

from gateway import addresses
from infra.whole_file import flush_folder
from services.content.messages import Content, FileChunk, Picture

Chunks = Callable[[str, int], FileChunk]
"""Asks content for the piece of a file (its SHA-256) that begins at an offset; raises `RpcError`."""


class DamagedFileError(Exception):
    """The bytes that came are not those that were approved."""

    def __init__(self, file: str) -> None:
        super().__init__(f"the bytes of {file} have another hash")
        self.file = file


class FileStore:
    """The folder `files` below the site folder. What is there is whole, and stays."""

    def __init__(self, site_dir: Path, chunks: Chunks) -> None:
        self._site_dir = site_dir
        self._chunks = chunks

    def bring(self, content: Content) -> None:
        """Make sure that every file of an item is there; raises `RpcError` and `DamagedFileError`."""
        for file, address in _wanted(content):
            path = self._site_dir / unquote(address).lstrip("/")
            if not path.exists():
                self._fetch(file, path)

    def _fetch(self, file: str, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f".{file}.unfinished")
        digest, offset, ended = hashlib.sha256(), 0, False
        with unfinished.open("wb") as target:
            while not ended:
                chunk = self._chunks(file, offset)
                data = b64decode(chunk.data)
                target.write(data)
                digest.update(data)
                offset, ended = offset + len(data), chunk.last or not data
            target.flush()
            os.fsync(target.fileno())
        if digest.hexdigest() != file:
            unfinished.unlink()
            raise DamagedFileError(file)
        unfinished.replace(path)
        flush_folder(path.parent)


def _wanted(content: Content) -> Iterator[tuple[str, str]]:
    for picture in content.pictures.values():
        yield from ((file, addresses.picture(file, picture.media_type)) for file in _files_of(picture))
    yield from ((each.file, addresses.download(each.file, each.name)) for each in content.attachments)


def _files_of(picture: Picture) -> Iterator[str]:
    yield picture.file
    yield from (file for _, file in picture.variants)
