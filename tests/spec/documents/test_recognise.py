"""A file is what it contains, whatever it is called, and what is not on the list gets a reason."""

import io
import re
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.documents.recognise import DOCX, GIF, JPEG, ODT, PDF, PNG, WEBP, Recognised, recognise
from infra.kernel.verdicts import Refusal
from tests.builders.manuscripts import MAIN_TYPE, Docx, a_picture, an_odt, paragraph, run

A_DOCX = Docx(paragraph(run("chữ"))).packed()
A_PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\nstartxref\n0\n%%EOF\n"
SPREADSHEET = MAIN_TYPE.replace("wordprocessingml.document", "spreadsheetml.sheet")


def of(content: bytes) -> Recognised | Refusal:
    stream = io.BytesIO(content)
    outcome = recognise(stream)
    assert stream.tell() == 0
    return outcome


def code_of(content: bytes) -> str:
    outcome = of(content)
    assert isinstance(outcome, Refusal)
    return outcome.code


def compound(directory_entry: str) -> bytes:
    """The head of an OLE file and the sector with its directory."""
    head = bytearray(512)
    head[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    head[30:32] = (9).to_bytes(2, "little")
    head[48:52] = (1).to_bytes(4, "little")
    return bytes(head) + bytes(512) + directory_entry.encode("utf-16-le").ljust(512, b"\0")


def encrypted_zip() -> bytes:
    packed = bytearray(A_DOCX)
    for sign, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        packed[packed.index(sign) + at] |= 1
    return bytes(packed)


def a_zip(**names: bytes) -> bytes:
    written = io.BytesIO()
    with ZipFile(written, "w") as archive:
        for name, content in names.items():
            archive.writestr(name, content)
    return written.getvalue()


@pytest.mark.parametrize(
    ("content", "media_type", "extension"),
    [
        (A_DOCX, DOCX, "docx"),
        (an_odt(), ODT, "odt"),
        (A_PDF, PDF, "pdf"),
        (a_picture(kind="PNG"), PNG, "png"),
        (a_picture(kind="JPEG"), JPEG, "jpg"),
        (a_picture(kind="WEBP"), WEBP, "webp"),
        (a_picture(kind="GIF"), GIF, "gif"),
    ],
)
def test_every_kind_on_the_list_is_recognised(content: bytes, media_type: str, extension: str) -> None:
    outcome = of(content)

    assert outcome == Recognised(media_type)
    assert outcome.extension == extension
    assert outcome.is_picture == media_type.startswith("image/")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (A_DOCX[:-1], "file_broken"),
        (A_DOCX[: len(A_DOCX) // 2], "file_broken"),
        (A_DOCX + b"<script>", "file_broken"),
        (A_PDF[:-7], "file_broken"),
        (A_PDF + A_DOCX, "file_broken"),
        (b"PK\x03\x04", "file_broken"),
        (encrypted_zip(), "file_encrypted"),
        (compound("EncryptedPackage"), "file_encrypted"),
        (compound("WordDocument"), "file_is_old_word"),
        (compound("Workbook"), "file_kind_not_allowed"),
        (an_odt(**{"META-INF/manifest.xml": b"<manifest:encryption-data/>"}), "file_encrypted"),
        (an_odt(**{"Basic/Standard/Module1.xml": b""}), "file_has_macros"),
        (Docx("", parts={"word/vbaProject.bin": b""}).packed(), "file_has_macros"),
        (Docx("", main_type="application/vnd.ms-word.document.macroEnabled.main+xml").packed(), "file_has_macros"),
        (Docx("", main_type=SPREADSHEET).packed(), "file_kind_not_allowed"),
        (Docx("", parts={"[Content_Types].xml": b"<"}).packed(), "file_broken"),
        (Docx("", parts={"../../etc/passwd": b""}).packed(), "file_broken"),
        (Docx("", parts={"/etc/passwd": b""}).packed(), "file_broken"),
        (a_zip(**{"a.txt": b"x"}), "file_kind_not_allowed"),
        (a_zip(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"), "file_kind_not_allowed"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "file_kind_not_allowed"),
        (b"<!doctype html><script>alert(1)</script>", "file_kind_not_allowed"),
        (b"MZ\x90\x00" + bytes(200), "file_kind_not_allowed"),
        (b"#!/bin/sh\nrm -rf /\n", "file_kind_not_allowed"),
        (b"BM" + bytes(100), "file_kind_not_allowed"),
        (b"\x00" * 100, "file_kind_not_allowed"),
        (b" " + A_PDF, "file_kind_not_allowed"),
        (b"GIF89" + A_DOCX, "file_kind_not_allowed"),
    ],
)
def test_everything_else_is_refused_with_a_reason(content: bytes, code: str) -> None:
    assert code_of(content) == code


def test_a_refusal_says_what_the_file_seems_to_be() -> None:
    refused = of(b"MZ\x90\x00" + bytes(200))

    assert isinstance(refused, Refusal)
    assert refused.facts == {"looks_like": "exe"}


def test_a_small_archive_that_would_fill_the_memory_is_refused() -> None:
    bomb = bytearray(Docx("", parts={f"word/media/{n}.png": b"" for n in range(4)}).packed())
    for entry in re.finditer(b"PK\x01\x02", bytes(bomb)):
        bomb[entry.start() + 24 : entry.start() + 28] = (64 * 1024 * 1024).to_bytes(4, "little")

    assert code_of(bytes(bomb)) == "file_broken"


def test_an_archive_of_countless_files_is_refused() -> None:
    assert code_of(Docx("", parts={f"x/{n}": b"" for n in range(5001)}).packed()) == "file_broken"


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from([b"", b"PK\x03\x04", b"%PDF-", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"RIFF"]),
    st.binary(max_size=600),
)
def test_no_file_whatever_is_an_error(start: bytes, rest: bytes) -> None:
    assert isinstance(of(start + rest), Recognised | Refusal)
