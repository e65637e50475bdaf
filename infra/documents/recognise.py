"""What a file is by its content, whatever it is called; everything outside a short list is refused with a reason."""

import re
from dataclasses import dataclass
from typing import BinaryIO
from xml.etree import ElementTree as ET

import filetype

from infra.documents.archive import Archive, BrokenArchiveError, EncryptedArchiveError
from infra.documents.limits import MANUSCRIPT_XML_BYTES_MAX
from infra.kernel.verdicts import Refusal

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ODT = "application/vnd.oasis.opendocument.text"
PDF = "application/pdf"
PNG, JPEG, WEBP, GIF = "image/png", "image/jpeg", "image/webp", "image/gif"

EXTENSIONS = {DOCX: "docx", ODT: "odt", PDF: "pdf", PNG: "png", JPEG: "jpg", WEBP: "webp", GIF: "gif"}
"""Every kind of file that is taken, with the ending that its name gets."""
PICTURES = frozenset({PNG, JPEG, WEBP, GIF})
"""Those that are taken only re-encoded: see `infra.documents.pictures`."""

_HEAD_BYTES, _TAIL_BYTES = 4096, 2048
_PICTURE_HEADS = (
    (PNG, rb"\x89PNG\r\n\x1a\n"),
    (JPEG, rb"\xff\xd8\xff"),
    (WEBP, rb"RIFF.{4}WEBPVP8"),
    (GIF, rb"GIF8[79]a"),
)
_PDF_END = re.compile(rb"%%EOF[\s\x00]*\Z")
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WORD_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_WITH_MACROS = ("macroEnabled", "vbaProject")
_CONTENT_TYPES_BYTES_MAX = 1024 * 1024
_OVERRIDE = "{http://schemas.openxmlformats.org/package/2006/content-types}Override"


@dataclass(frozen=True, slots=True)
class Recognised:
    """A file that may be taken: its media type, and the ending of names that belongs to it."""

    media_type: str

    @property
    def extension(self) -> str:
        """The ending without its dot."""
        return EXTENSIONS[self.media_type]

    @property
    def is_picture(self) -> bool:
        """Whether it must be re-encoded before it is kept."""
        return self.media_type in PICTURES


def recognise(stream: BinaryIO) -> Recognised | Refusal:
    """Tell what the stream contains and leave it at its beginning; the stream must be seekable.

    Refused with `file_empty`, `file_broken`, `file_encrypted`, `file_has_macros`, `file_is_old_word` (a .doc), or
    `file_kind_not_allowed` with `looks_like`, the ending of what it seems to be.
    """
    try:
        return _recognised(stream)
    except BrokenArchiveError:
        return Refusal("", "file_broken")
    except EncryptedArchiveError:
        return Refusal("", "file_encrypted")
    finally:
        stream.seek(0)


def _recognised(stream: BinaryIO) -> Recognised | Refusal:
    stream.seek(0)
    head = stream.read(_HEAD_BYTES)
    if not head:
        return Refusal("", "file_empty")
    for media_type, pattern in _PICTURE_HEADS:
        if re.match(pattern, head, re.DOTALL):
            return Recognised(media_type)
    if head.startswith(b"%PDF-"):
        return _pdf(stream)
    if head.startswith(b"PK"):
        return _office(Archive(stream))
    return _compound(stream, head) if head.startswith(_COMPOUND) else _not_allowed(head)


def _pdf(stream: BinaryIO) -> Recognised | Refusal:
    """A PDF ends where it says: behind the end other programs hide files of another kind."""
    stream.seek(-min(_TAIL_BYTES, stream.seek(0, 2)), 2)
    return Recognised(PDF) if _PDF_END.search(stream.read()) else Refusal("", "file_broken")


def _office(archive: Archive) -> Recognised | Refusal:
    if "[Content_Types].xml" in archive.names:
        return _word(archive)
    if "mimetype" in archive.names and archive.read("mimetype", 200) == ODT.encode():
        return _open_document(archive)
    return Refusal("", "file_kind_not_allowed", facts={"looks_like": "zip"})


def _word(archive: Archive) -> Recognised | Refusal:
    parts = _parts(archive.read("[Content_Types].xml", _CONTENT_TYPES_BYTES_MAX))
    if any(sign in text for text in (*parts, *parts.values(), *archive.names) for sign in _WITH_MACROS):
        return Refusal("", "file_has_macros")
    main = [name for name, content_type in parts.items() if content_type == _WORD_MAIN]
    if not main:
        return Refusal("", "file_kind_not_allowed", facts={"looks_like": _office_kind(archive)})
    archive.read(main[0].lstrip("/"), MANUSCRIPT_XML_BYTES_MAX)
    return Recognised(DOCX)


def _parts(content_types: bytes) -> dict[str, str]:
    try:
        root = ET.fromstring(content_types)  # noqa: S314 - expat stops entities that multiply
    except ET.ParseError as damage:
        raise BrokenArchiveError from damage
    return {part.get("PartName", ""): part.get("ContentType", "") for part in root.iter(_OVERRIDE)}


def _office_kind(archive: Archive) -> str:
    folders = {name.split("/")[0] for name in archive.names}
    return next((kind for folder, kind in (("xl", "xlsx"), ("ppt", "pptx")) if folder in folders), "zip")


def _open_document(archive: Archive) -> Recognised | Refusal:
    if b"encryption-data" in archive.read("META-INF/manifest.xml", _CONTENT_TYPES_BYTES_MAX):
        return Refusal("", "file_encrypted")
    if any(name.startswith(("Basic/", "Scripts/")) for name in archive.names):
        return Refusal("", "file_has_macros")
    archive.read("content.xml", MANUSCRIPT_XML_BYTES_MAX)
    return Recognised(ODT)


def _compound(stream: BinaryIO, head: bytes) -> Refusal:
    """Old Word files and encrypted docx are compound files; the directory at a place named in the head tells them apart."""
    sector_bytes = 1 << min(int.from_bytes(head[30:32], "little"), 12)
    stream.seek((int.from_bytes(head[48:52], "little") + 1) * sector_bytes)
    names = stream.read(_HEAD_BYTES)
    if "EncryptedPackage".encode("utf-16-le") in names:
        return Refusal("", "file_encrypted")
    if "WordDocument".encode("utf-16-le") in names:
        return Refusal("", "file_is_old_word")
    return Refusal("", "file_kind_not_allowed", facts={"looks_like": "doc, xls, ppt, msi"})


def _not_allowed(head: bytes) -> Refusal:
    extension: str | None = filetype.guess_extension(head)
    return Refusal("", "file_kind_not_allowed", facts={"looks_like": extension} if extension else {})
