"""A manuscript that was handed in as .docx, as article markup and pictures, with notes on what was lost on the way."""

import io
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO
from xml.parsers.expat import ExpatError
from zipfile import BadZipFile

import mammoth
from mammoth import documents

from infra.documents.archive import Archive, BrokenArchiveError
from infra.documents.clean_html import clean_html, plain_text
from infra.documents.limits import FILE_BYTES_MAX, MANUSCRIPT_PICTURES_MAX, MANUSCRIPT_XML_BYTES_MAX
from infra.documents.markup import Element, Node, parse, serialise
from infra.documents.plain import clean_text
from infra.documents.recognise import DOCX, recognise
from infra.kernel.verdicts import Refusal

_DAMAGE = (
    *(BadZipFile, zlib.error, EOFError, ExpatError),
    *(ArithmeticError, AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError),
)
"""What mammoth raises on documents that Word would repair or refuse."""

_STYLES = """
p[style-name='Title'] => h1.title:fresh
p[style-name='Subtitle'] => h2:fresh
p[style-name='Quote'] => blockquote > p:fresh
p[style-name='Intense Quote'] => blockquote > p:fresh
p[style-name='List Paragraph'] => p:fresh
p[style-name='No Spacing'] => p:fresh
p[style-name='Normal (Web)'] => p:fresh
p[style-name='Body Text'] => p:fresh
p[style-name='Body Text Indent'] => p:fresh
p[style-name='caption'] => p:fresh
p[style-name='Caption'] => p:fresh
p[style-name='header'] => p:fresh
p[style-name='footer'] => p:fresh
r[style-name='Emphasis'] => em
r[style-name='Intense Emphasis'] => em
u => u
"""
"""Besides mammoth's own: names that Word gives in every language version."""

_BEFORE_XML = b"\xef\xbb\xbf\xfe\xff\x00 \t\r\n"
"""Marks of encodings, and white space."""
_CHAPTER = re.compile(r"(chương|phần|mục|phụ lục)\s+([ivxlcdm]+|\d+|[a-z])\b[^.;]*$", re.IGNORECASE)
_ARTICLE = re.compile(r"điều\s+\d+\s*[.:].{0,200}$", re.IGNORECASE)
_LOWER = {"h1": "h2", "h2": "h3", "h3": "h4"}
_TOO_MANY = Refusal("", "too_many_pictures", facts={"pictures_max": MANUSCRIPT_PICTURES_MAX})
_UNKNOWN_STYLE = re.compile(r"Unrecognised (?:paragraph|run|table) style: '?(.*?)'? \(Style ID: .*\)")


@dataclass(frozen=True, slots=True)
class KeptPicture:
    """Where a picture of the manuscript is now: an address that article markup may hold, and its size in pixels."""

    src: str
    width: int
    height: int


KeepPicture = Callable[[BinaryIO], KeptPicture | Refusal]
"""Stores a picture, given its bytes as they are in the manuscript."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something for the editor to look at.

    `style_unknown` names a style of Word that has become plain text; `picture_left_out` the reason, such as
    `picture_broken`; `converter` is a sentence in English.
    """

    code: str
    about: str


@dataclass(frozen=True, slots=True)
class Manuscript:
    """The clean markup, the title where a paragraph is styled as one, and what to look at."""

    title: str | None
    html: str
    notes: tuple[Note, ...]


def read_manuscript(stream: BinaryIO, keep_picture: KeepPicture) -> Manuscript | Refusal:
    """Turn a .docx into article markup; its pictures are handed to `keep_picture` one by one, in their order.

    Refused as `recognise` refuses, with `manuscript_not_docx` when it is something else, or `manuscript_unreadable`.
    """
    kind = recognise(stream)
    if isinstance(kind, Refusal):
        return kind
    if kind.media_type != DOCX:
        return Refusal("", "manuscript_not_docx", facts={"looks_like": kind.extension})
    try:
        _check_sizes(Archive(stream))
        converted, images = _converted(stream)
    except (BrokenArchiveError, *_DAMAGE):
        return Refusal("", "manuscript_unreadable")
    nodes = parse(converted.value)
    notes = [*_notes(converted.messages), *_place_pictures(nodes, images, keep_picture)]
    title = _take_title(nodes)
    _lower_headings(nodes)
    return Manuscript(title, clean_html(serialise(nodes)), tuple(notes))


def _check_sizes(archive: Archive) -> None:
    """Let through only parts that are small enough for the trees that mammoth builds of them.

    A manuscript may name any of its parts as its text, whatever the part's ending: so whatever begins as XML does counts.
    """
    for beginning in archive.beginnings(larger_than=MANUSCRIPT_XML_BYTES_MAX):
        if beginning.lstrip(_BEFORE_XML)[:1] in {b"", b"<"}:
            raise BrokenArchiveError


def _converted(stream: BinaryIO) -> tuple[Any, list[Any]]:
    """Return mammoth's result, with the number of each picture as its address, and the pictures."""
    images: list[Any] = []

    def by_number(image: Any) -> dict[str, str]:
        images.append(image)
        return {"src": str(len(images) - 1)}

    stream.seek(0)
    result = mammoth.convert_to_html(
        _Nameless(stream),
        style_map=_STYLES,
        include_embedded_style_map=False,
        convert_image=mammoth.images.img_element(by_number),
        transform_document=mammoth.transforms.paragraph(_as_offices_mean_it),
    )
    return result, images


class _Nameless:
    """The stream without its name, in which mammoth would look for files beside it."""

    def __init__(self, stream: BinaryIO) -> None:
        self.read, self.seek, self.tell, self.seekable = stream.read, stream.seek, stream.tell, stream.seekable


def _as_offices_mean_it(paragraph: Any) -> Any:
    """Make headings of bold lines that name a chapter or an article, as offices type them without styles."""
    if paragraph.numbering or (paragraph.style_name or "Normal").lower().startswith(("heading", "title")):
        return paragraph
    runs = [run for run in mammoth.transforms.get_descendants_of_type(paragraph, documents.Run) if _words(run)]
    if not runs or not all(run.is_bold for run in runs):
        return paragraph
    line = "".join(map(_words, runs)).strip()
    level = 1 if _CHAPTER.match(line) else 2 if _ARTICLE.match(line) else 0
    return paragraph.copy(style_id=f"Heading{level}", style_name=f"heading {level}") if level else paragraph


def _words(run: Any) -> str:
    return "".join(text.value for text in mammoth.transforms.get_descendants_of_type(run, documents.Text)).strip()


def _place_pictures(nodes: list[Node], images: list[Any], keep_picture: KeepPicture) -> Iterator[Note]:
    """Keep each picture and write its address into the markup; one that cannot be kept goes, with a note."""
    for element in Element("", {}, nodes).elements():
        if element.tag == "img":
            number = int(element.attributes["src"])
            kept = _kept(images[number], keep_picture) if number < MANUSCRIPT_PICTURES_MAX else _TOO_MANY
            if isinstance(kept, Refusal):
                element.attributes = {}
                yield Note("picture_left_out", kept.code)
            else:
                size = {"width": str(kept.width), "height": str(kept.height)}
                element.attributes = {"alt": element.attributes.get("alt", ""), "src": kept.src, **size}


def _kept(image: Any, keep_picture: KeepPicture) -> KeptPicture | Refusal:
    try:
        with image.open() as opened:
            content = opened.read(FILE_BYTES_MAX + 1)
    except _DAMAGE:
        return Refusal("", "picture_broken")
    return keep_picture(io.BytesIO(content)) if len(content) <= FILE_BYTES_MAX else Refusal("", "picture_too_large")


def _take_title(nodes: list[Node]) -> str | None:
    for node in nodes:
        if isinstance(node, Element) and node.attributes.get("class") == "title":
            nodes.remove(node)
            return clean_text(plain_text(serialise([node])))
    return None


def _lower_headings(nodes: list[Node]) -> None:
    """The title of the page is above all headings: where the manuscript uses the first level, all go down by one."""
    elements = list(Element("", {}, nodes).elements())
    if any(element.tag == "h1" for element in elements):
        for element in elements:
            element.tag = _LOWER.get(element.tag, element.tag)


def _notes(messages: list[Any]) -> Iterator[Note]:
    for message in messages:
        unknown = _UNKNOWN_STYLE.match(message.message)
        yield Note("style_unknown", unknown.group(1)) if unknown else Note("converter", message.message)
