"""What a request carried: texts and files, read within bounds, files streamed to disk and never whole in memory."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath, PureWindowsPath
from tempfile import SpooledTemporaryFile
from typing import IO
from urllib.parse import parse_qsl

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from infra.web.house import MEBIBYTE
from infra.web.pace import Pace

_SPOOL_BYTES = MEBIBYTE
_CONTROL = dict.fromkeys(range(32))


class UnreadableRequestError(Exception):
    """The body is no form, or is cut off."""


class RequestTooLargeError(Exception):
    """The body is larger than any form of ours may be; `bytes_most` tells how large it may be."""

    def __init__(self, bytes_most: int) -> None:
        super().__init__(f"more than {bytes_most} bytes")
        self.bytes_most = bytes_most


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much a request may carry, and how slowly.

    A file over its bound is dropped while it streams, the rest of the form is kept.
    """

    file_bytes: int = 50 * MEBIBYTE
    text_bytes: int = 8 * MEBIBYTE
    all_bytes: int = 210 * MEBIBYTE
    parts: int = 1000
    pace: Pace = field(default_factory=Pace)


@dataclass(slots=True)
class UploadedFile:
    """A file as it came in: base name, media type as claimed, size in bytes, and a binary stream standing at 0.

    `too_large` tells that more came than allowed; then the stream is empty. The stream lives as long as the request.
    """

    name: str
    media_type: str
    size: int = 0
    too_large: bool = False
    stream: IO[bytes] = field(default_factory=lambda: SpooledTemporaryFile(max_size=_SPOOL_BYTES))  # noqa: SIM115 - closed with the request


@dataclass(frozen=True, slots=True)
class Posted:
    """The texts and files of a form by name; several values of one name keep their order."""

    all_texts: Mapping[str, list[str]] = field(default_factory=dict)
    all_files: Mapping[str, list[UploadedFile]] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Return the last text of that name, or an empty one."""
        return (self.all_texts.get(name) or [""])[-1]

    def texts(self, name: str) -> list[str]:
        """Return every text of that name."""
        return self.all_texts.get(name, [])

    def files(self, name: str) -> list[UploadedFile]:
        """Return every file of that name."""
        return self.all_files.get(name, [])

    def close(self) -> None:
        """Let go of the files' space."""
        for files in self.all_files.values():
            for file in files:
                file.stream.close()


async def read_posted(request: Request, bounds: Bounds) -> Posted:
    """Read the form of a request; raises `UnreadableRequestError`, `RequestTooLargeError` or `RequestTooSlowError`."""
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if int(request.headers.get("content-length") or 0) > bounds.all_bytes:
        raise RequestTooLargeError(bounds.all_bytes)
    body = bounds.pace.keep(request.stream())
    if kind == b"multipart/form-data" and b"boundary" in options:
        return await _multipart(options[b"boundary"], bounds).read(body)
    if kind == b"application/x-www-form-urlencoded":
        return Posted(_pairs(await _whole(body, bounds.text_bytes), bounds))
    raise UnreadableRequestError(kind.decode("latin-1"))


def clean_name(name: str) -> str:
    """Return the last part of a file's name as the sender's system wrote it, without control characters, at most 200 long.

    >>> clean_name(chr(92).join(("C:", "Hồ sơ", "công văn.docx")))
    'công văn.docx'
    """
    base = PureWindowsPath(PurePosixPath(name).name).name.translate(_CONTROL).strip()
    stem, dot, ending = base.rpartition(".")
    return base if len(base) <= 200 else f"{stem[: 199 - len(ending)]}{dot}{ending}"[:200]  # noqa: PLR2004 - see docstring


def _pairs(body: bytes, bounds: Bounds) -> Mapping[str, list[str]]:
    texts: dict[str, list[str]] = {}
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=bounds.parts, errors="strict")
    except ValueError as error:
        raise UnreadableRequestError from error
    for name, value in pairs:
        texts.setdefault(name, []).append(_plain(value))
    return texts


def _plain(text: str) -> str:
    """Take a text as people meant it: one kind of line end, no NUL (which stores would refuse)."""
    return text.replace("\r\n", "\n").replace("\x00", "")


async def _whole(stream: AsyncIterator[bytes], most: int) -> bytes:
    body = bytearray()
    async for chunk in stream:
        body += chunk
        if len(body) > most:
            raise RequestTooLargeError(most)
    return bytes(body)


def _multipart(boundary: bytes, bounds: Bounds) -> "_Multipart":
    try:
        return _Multipart(boundary, bounds)
    except FormParserError as error:  # the boundary is longer than any browser's
        raise UnreadableRequestError from error


class _Multipart:
    """Reads one multipart body: the parser's callbacks only note what came, `read` writes it away chunk by chunk."""

    def __init__(self, boundary: bytes, bounds: Bounds) -> None:
        self._bounds = bounds
        self._texts: dict[str, list[str]] = {}
        self._files: dict[str, list[UploadedFile]] = {}
        self._header = bytearray()
        self._header_value = bytearray()
        self._disposition: dict[bytes, bytes] = {}
        self._media_type = ""
        self._text = bytearray()
        self._file: UploadedFile | None = None
        self._pending: list[tuple[UploadedFile, bytes]] = []
        self._text_bytes = 0
        self._parts = 0
        self._ended = False
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._on_part_begin,
                "on_header_field": self._on_header_field,
                "on_header_value": self._on_header_value,
                "on_header_end": self._on_header_end,
                "on_headers_finished": self._on_headers_finished,
                "on_part_data": self._on_part_data,
                "on_part_end": self._on_part_end,
                "on_end": self._on_end,
            },
        )

    async def read(self, stream: AsyncIterator[bytes]) -> Posted:
        posted = Posted(self._texts, self._files)
        try:
            await self._read(stream)
        except BaseException as error:
            posted.close()
            if isinstance(error, FormParserError | UnicodeDecodeError | KeyError):
                raise UnreadableRequestError from error
            raise
        return posted

    async def _read(self, stream: AsyncIterator[bytes]) -> None:
        received = 0
        async for chunk in stream:
            received += len(chunk)
            if received > self._bounds.all_bytes:
                raise RequestTooLargeError(self._bounds.all_bytes)
            self._parser.write(chunk)
            if self._pending:
                await run_in_threadpool(self._write_pending)
        if not self._ended:
            raise UnreadableRequestError
        for file in (file for files in self._files.values() for file in files):
            file.stream.seek(0)

    def _write_pending(self) -> None:
        for file, data in self._pending:
            self._append(file, data)
        self._pending.clear()

    def _append(self, file: UploadedFile, data: bytes) -> None:
        file.size += len(data)
        if file.size <= self._bounds.file_bytes:
            file.stream.write(data)
        elif not file.too_large:
            file.too_large = True
            file.stream.seek(0)
            file.stream.truncate()

    def _on_part_begin(self) -> None:
        self._parts += 1
        if self._parts > self._bounds.parts:
            raise RequestTooLargeError(self._bounds.all_bytes)
        self._disposition, self._media_type, self._file = {}, "", None
        self._text = bytearray()

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]

    def _on_header_end(self) -> None:
        name = bytes(self._header).lower()
        if name == b"content-disposition":
            _, self._disposition = parse_options_header(bytes(self._header_value))
        elif name == b"content-type":
            self._media_type = self._header_value.decode("latin-1").partition(";")[0].strip()
        self._header, self._header_value = bytearray(), bytearray()

    def _on_headers_finished(self) -> None:
        name = self._disposition[b"name"].decode()
        if b"filename" not in self._disposition:
            return
        file_name = clean_name(self._disposition[b"filename"].decode())
        if file_name:  # a file control left empty sends a part without a name: that is an empty text
            self._file = UploadedFile(file_name, self._media_type)
            self._files.setdefault(name, []).append(self._file)

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._file is not None:
            self._pending.append((self._file, data[start:end]))
            return
        self._text_bytes += end - start
        if self._text_bytes > self._bounds.text_bytes:
            raise RequestTooLargeError(self._bounds.text_bytes)
        self._text += data[start:end]

    def _on_part_end(self) -> None:
        if self._file is None:
            name = self._disposition[b"name"].decode()
            self._texts.setdefault(name, []).append(_plain(self._text.decode()))

    def _on_end(self) -> None:
        self._ended = True
