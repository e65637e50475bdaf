"""Small .docx and .odt files, made part by part, and what one can do to break them."""

import io
from dataclasses import dataclass, field
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from PIL import Image

_NAMES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
)
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN_TYPE = f"{_WORD}.document.main+xml"
ODT = "application/vnd.oasis.opendocument.text"
_HEADINGS = {"Title": "Title", "Heading1": "heading 1", "Heading2": "heading 2", "Heading3": "heading 3"}


def a_picture(width: int = 40, height: int = 30, kind: str = "PNG", **options: object) -> bytes:
    """Return an encoded picture of one colour."""
    written = io.BytesIO()
    Image.new("RGB", (width, height), (30, 120, 60)).save(written, kind, **options)
    return written.getvalue()


def run(text: str, *marks: str) -> str:
    """Return a run; marks are such as `b`, `i`."""
    properties = "".join(f"<w:{mark}/>" for mark in marks)
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def paragraph(content: str, style: str | None = None, numbered: int | None = None) -> str:
    """Return a paragraph of runs; `numbered` 1 is a bullet list, 2 a numbered one."""
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    listed = f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{numbered}"/></w:numPr>' if numbered else ""
    return f"<w:p><w:pPr>{named}{listed}</w:pPr>{content}</w:p>"


def table(*rows: tuple[str, ...], first_spans: int = 1) -> str:
    """Return a table of texts; the first cell of the first row may span several columns."""
    made = []
    for index, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            span = f'<w:gridSpan w:val="{first_spans}"/>' if (index, column) == (0, 0) and first_spans > 1 else ""
            made.append(
                ("<w:tr>" if column == 0 else "") + f"<w:tc><w:tcPr>{span}</w:tcPr>{paragraph(run(cell))}</w:tc>"
            )
        made.append("</w:tr>")
    return f"<w:tbl>{''.join(made)}</w:tbl>"


def picture(relation: str, description: str = "") -> str:
    """Return a run with the picture of a relation."""
    return (
        f'<w:r><w:drawing><wp:inline><wp:docPr id="1" name="p" descr="{escape(description)}"/><a:graphic><a:graphicData>'
        f'<pic:pic><pic:blipFill><a:blip r:embed="{relation}"/></pic:blipFill></pic:pic>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )


def footnote_reference(number: int) -> str:
    """Return a run that refers to a footnote."""
    return f'<w:r><w:footnoteReference w:id="{number}"/></w:r>'


@dataclass
class Docx:
    """What goes into a .docx: the body, pictures by relation, footnotes by number, and parts to add or replace."""

    body: str
    pictures: dict[str, bytes] = field(default_factory=dict)
    footnotes: dict[int, str] = field(default_factory=dict)
    parts: dict[str, bytes] = field(default_factory=dict)
    main_type: str = MAIN_TYPE

    def packed(self) -> bytes:
        """Return the file."""
        written = io.BytesIO()
        with ZipFile(written, "w", ZIP_DEFLATED) as archive:
            for name, content in (self._parts() | self.parts).items():
                archive.writestr(name, content)
        return written.getvalue()

    def stream(self) -> io.BytesIO:
        """Return the file as a stream."""
        return io.BytesIO(self.packed())

    def _parts(self) -> dict[str, bytes]:
        texts = {
            "[Content_Types].xml": self._content_types(),
            "_rels/.rels": _relations(("officeDocument", "main", "word/document.xml")),
            "word/document.xml": f"<w:document {_NAMES}><w:body>{self.body}</w:body></w:document>",
            "word/styles.xml": _styles(),
            "word/numbering.xml": _numbering(),
            "word/footnotes.xml": self._footnotes(),
            "word/_rels/document.xml.rels": _relations(
                *((kind, kind, f"{kind}.xml") for kind in ("styles", "numbering", "footnotes")),
                *(("image", relation, f"media/{relation}.png") for relation in self.pictures),
            ),
        }
        media = {f"word/media/{relation}.png": content for relation, content in self.pictures.items()}
        return {name: text.encode() for name, text in texts.items()} | media

    def _content_types(self) -> str:
        return (
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>'
            f'<Override PartName="/word/document.xml" ContentType="{self.main_type}"/></Types>'
        )

    def _footnotes(self) -> str:
        notes = (f'<w:footnote w:id="{n}">{paragraph(run(text))}</w:footnote>' for n, text in self.footnotes.items())
        return f"<w:footnotes {_NAMES}>{''.join(notes)}</w:footnotes>"


def an_odt(**parts: bytes) -> bytes:
    """Return an .odt with the least that one has; parts by name, dots and slashes as they are."""
    written = io.BytesIO()
    with ZipFile(written, "w") as archive:
        archive.writestr("mimetype", ODT)
        for name, content in ({"META-INF/manifest.xml": b"<manifest/>", "content.xml": b"<x/>"} | parts).items():
            archive.writestr(name, content)
    return written.getvalue()


def _relations(*relations: tuple[str, str, str]) -> str:
    made = (f'<Relationship Id="{name}" Type="{_RELATIONS}/{kind}" Target="{to}"/>' for kind, name, to in relations)
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{"".join(made)}</Relationships>'


def _styles() -> str:
    made = (
        f'<w:style w:type="paragraph" w:styleId="{style}"><w:name w:val="{name}"/></w:style>'
        for style, name in {**_HEADINGS, "Own": "Kiểu riêng"}.items()
    )
    return f"<w:styles {_NAMES}>{''.join(made)}</w:styles>"


def _numbering() -> str:
    made = (
        f'<w:abstractNum w:abstractNumId="{n}"><w:lvl w:ilvl="0"><w:numFmt w:val="{kind}"/></w:lvl></w:abstractNum>'
        for n, kind in ((1, "bullet"), (2, "decimal"))
    )
    used = (f'<w:num w:numId="{n}"><w:abstractNumId w:val="{n}"/></w:num>' for n in (1, 2))
    return f"<w:numbering {_NAMES}>{''.join(made)}{''.join(used)}</w:numbering>"
