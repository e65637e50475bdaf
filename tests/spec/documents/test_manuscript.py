"""A .docx becomes article markup: nothing said is lost, and nothing that is no .docx becomes an error."""

import io
from typing import BinaryIO
from zipfile import ZipFile

import pytest

from infra.documents.manuscript import KeptPicture, Manuscript, Note, read_manuscript
from infra.documents.pictures import picture
from infra.kernel.verdicts import Refusal
from tests.builders.manuscripts import Docx, a_picture, footnote_reference, paragraph, run, table
from tests.builders.manuscripts import picture as picture_run


def keep(stream: BinaryIO) -> KeptPicture | Refusal:
    made = picture(stream)
    return made if isinstance(made, Refusal) else KeptPicture("/files/p.webp", made.width, made.height)


def keep_none(_stream: BinaryIO) -> KeptPicture | Refusal:
    raise AssertionError("there is no picture")


def read(docx: Docx) -> Manuscript:
    manuscript = read_manuscript(docx.stream(), keep)
    assert isinstance(manuscript, Manuscript)
    return manuscript


def test_paragraphs_marks_and_vietnamese_letters_are_kept() -> None:
    docx = Docx(paragraph(run("Ủy ban nhân dân ", "b") + run("tie\u0302\u0309nh", "i") + run(" x", 'u w:val="single"')))

    assert read(docx).html == "<p><strong>Ủy ban nhân dân </strong><em>tiểnh</em><u> x</u></p>"


def test_the_title_is_taken_out_and_headings_are_below_it() -> None:
    docx = Docx(
        paragraph(run("Khánh thành cầu"), "Title")
        + paragraph(run("Một"), "Heading1")
        + paragraph(run("Hai", "b"), "Heading2")
        + paragraph(run("chữ"))
    )

    manuscript = read(docx)

    assert manuscript.title == "Khánh thành cầu"
    assert manuscript.html == "<h2>Một</h2><h3>Hai</h3><p>chữ</p>"


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("Chương II", "<h2>Chương II</h2>"),
        ("Điều 5. Trách nhiệm", "<h3>Điều 5. Trách nhiệm</h3>"),
        ("Điều này quan trọng", "<p><strong>Điều này quan trọng</strong></p>"),
    ],
)
def test_bold_lines_that_name_a_chapter_or_an_article_are_headings(line: str, kept: str) -> None:
    chapter = paragraph(run("Chương I", "b"))

    assert read(Docx(chapter + paragraph(run(line, "b")))).html == f"<h2>Chương I</h2>{kept}"


def test_lists_are_kept() -> None:
    docx = Docx(
        paragraph(run("một"), numbered=1) + paragraph(run("hai"), numbered=1) + paragraph(run("thứ nhất"), numbered=2)
    )

    assert read(docx).html == "<ul><li>một</li><li>hai</li></ul><ol><li>thứ nhất</li></ol>"


def test_tables_are_kept_with_their_spans() -> None:
    docx = Docx(table(("Cột chung",), ("a", "b"), first_spans=2))

    assert read(docx).html == (
        '<table><tbody><tr><td colspan="2">Cột chung</td></tr><tr><td>a</td><td>b</td></tr></tbody></table>'
    )


def test_footnotes_are_kept_and_lead_there_and_back() -> None:
    docx = Docx(paragraph(run("chữ") + footnote_reference(2)), footnotes={2: "nguồn"})

    assert read(docx).html == (
        '<p>chữ<sup><a href="#footnote-2" id="footnote-ref-2">[1]</a></sup></p>'
        '<ol><li id="footnote-2">nguồn <a href="#footnote-ref-2">↑</a></li></ol>'
    )


def test_pictures_are_handed_over_and_stand_in_their_place() -> None:
    docx = Docx(
        paragraph(run("trước")) + paragraph(picture_run("p1", "Cầu mới")) + paragraph(run("sau")),
        pictures={"p1": a_picture(40, 30)},
    )

    manuscript = read(docx)

    assert manuscript.html == (
        '<p>trước</p><p><img src="/files/p.webp" alt="Cầu mới" width="40" height="30"></p><p>sau</p>'
    )
    assert manuscript.notes == ()


def test_a_picture_that_is_none_is_left_out_with_a_note() -> None:
    docx = Docx(paragraph(run("chữ")) + paragraph(picture_run("p1")), pictures={"p1": b"\x01\x00\x00\x00 EMF"})

    manuscript = read(docx)

    assert manuscript.html == "<p>chữ</p>"
    assert manuscript.notes == (Note("picture_left_out", "picture_broken"),)


def test_a_picture_that_is_not_in_the_file_is_left_out_with_a_note() -> None:
    docx = Docx(paragraph(picture_run("p1")), pictures={"p1": a_picture()})
    names = {"word/media/p1.png"}

    manuscript = read_manuscript(io.BytesIO(without(docx.packed(), names)), keep_none)

    assert isinstance(manuscript, Manuscript)
    assert manuscript.notes == (Note("picture_left_out", "picture_broken"),)


def test_a_style_of_its_own_becomes_plain_text_with_a_note() -> None:
    manuscript = read(Docx(paragraph(run("chữ"), "Own")))

    assert manuscript.html == "<p>chữ</p>"
    assert manuscript.notes == (Note("style_unknown", "Kiểu riêng"),)


def test_script_in_a_manuscript_is_text() -> None:
    assert (
        read(Docx(paragraph(run("<script>alert(1)</script>")))).html == "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"
    )


def without(packed: bytes, names: set[str]) -> bytes:
    written = io.BytesIO()
    with ZipFile(io.BytesIO(packed)) as old, ZipFile(written, "w") as new:
        for name in old.namelist():
            if name not in names:
                new.writestr(name, old.read(name))
    return written.getvalue()


def refusal_of(content: bytes) -> str:
    refused = read_manuscript(io.BytesIO(content), keep_none)
    assert isinstance(refused, Refusal)
    return refused.code


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("word/document.xml", b"no xml"),
        ("word/document.xml", b"<w:document/>"),
        ("word/document.xml", b"<w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'/>"),
        ("word/document.xml", b"<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'>" + b"<!ENTITY b '&a;&a;'>" + b"]><x>&b;</x>"),
        ("word/styles.xml", b"<"),
        ("word/numbering.xml", b"\xff\xfe"),
        ("_rels/.rels", b"<a>"),
    ],
)
def test_a_docx_with_a_broken_part_is_unreadable(name: str, content: bytes) -> None:
    assert refusal_of(Docx(paragraph(run("chữ")), parts={name: content}).packed()) == "manuscript_unreadable"


def test_text_nested_without_end_is_unreadable() -> None:
    nested = "<w:sdt><w:sdtContent>" * 3000 + paragraph(run("x")) + "</w:sdtContent></w:sdt>" * 3000

    assert refusal_of(Docx(nested).packed()) == "manuscript_unreadable"


def test_a_part_too_large_to_be_read_is_refused() -> None:
    assert refusal_of(Docx("<w:p/>" * 3_000_000).packed()) == "file_broken"
    assert refusal_of(Docx("", parts={"word/comments.xml": b" " * 13_000_000}).packed()) == "manuscript_unreadable"


@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf", b" " * 300, "\ufeff".encode("utf-16-le")])
def test_a_part_too_large_is_refused_whatever_its_name_for_any_may_be_the_text(before: bytes) -> None:
    hidden = before + b"<w:document>" + b" " * 13_000_000
    big_picture = b"\x89PNG" + b" " * 13_000_000

    assert refusal_of(Docx("", parts={"word/media/1.png": hidden}).packed()) == "manuscript_unreadable"
    assert "chữ" in read(Docx(paragraph(run("chữ")), parts={"word/media/1.png": big_picture})).html


def test_a_pdf_is_no_manuscript() -> None:
    assert refusal_of(b"%PDF-1.4\n%%EOF\n") == "manuscript_not_docx"
