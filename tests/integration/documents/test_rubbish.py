"""Damaged and senseless files, by the thousand: each is taken or refused, and none is an error."""

import io
import random
from collections.abc import Callable
from typing import BinaryIO
from zipfile import ZipFile

import pytest
from PIL import Image

from infra.documents.manuscript import KeptPicture, Manuscript, read_manuscript
from infra.documents.pictures import Picture, picture
from infra.documents.recognise import Recognised, recognise
from infra.kernel.verdicts import Refusal
from tests.builders.manuscripts import Docx, a_picture, footnote_reference, paragraph, run, table
from tests.builders.manuscripts import picture as picture_run


def a_cameras_exif() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Camera"
    exif.get_ifd(0x8825)[1] = "N"
    return exif


def of(content: bytes) -> Recognised | Refusal:
    return recognise(io.BytesIO(content))


def keep(stream: BinaryIO) -> KeptPicture | Refusal:
    made = picture(stream)
    return made if isinstance(made, Refusal) else KeptPicture("/files/p.webp", made.width, made.height)


def test_ten_thousand_files_of_rubbish_are_refused() -> None:
    chance = random.Random(7)  # noqa: S311 - the same rubbish each time

    assert all(isinstance(of(chance.randbytes(chance.randint(1, 400))), Refusal) for _ in range(10_000))


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")  # Pillow says where EXIF is damaged, and goes on without it
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_damaged_picture_is_decoded_or_refused_and_never_an_error(kind: str) -> None:
    chance = random.Random(3)  # noqa: S311 - the same damage each time
    whole = a_picture(60, 40, kind, **({"exif": a_cameras_exif()} if kind == "JPEG" else {}))
    for _ in range(300):
        broken = bytearray(whole)
        for _ in range(chance.randint(1, 10)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        assert isinstance(picture(io.BytesIO(broken)), Picture | Refusal)


def damaged(content: bytes, chance: random.Random) -> bytes:
    broken = bytearray(content)
    for _ in range(chance.randint(1, 20)):
        broken[chance.randrange(len(broken))] = chance.randrange(256)
    return bytes(broken[: chance.choice([len(broken), chance.randrange(len(broken))])])


def rewritten(content: bytes, chance: random.Random) -> bytes:
    """Damage one part inside an archive that is whole."""
    written = io.BytesIO()
    with ZipFile(io.BytesIO(content)) as old, ZipFile(written, "w") as new:
        hit = chance.choice(old.namelist())
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, damaged(part, chance) if name == hit else part)
    return written.getvalue()


@pytest.mark.parametrize("damage", [damaged, rewritten])
def test_a_damaged_docx_is_read_or_refused_and_never_an_error(
    damage: Callable[[bytes, random.Random], bytes],
) -> None:
    chance = random.Random(1)  # noqa: S311 - the same damage each time
    body = (
        paragraph(run("chữ", "b")) + table(("a", "b")) + paragraph(picture_run("p1")) + paragraph(footnote_reference(2))
    )
    whole = Docx(body, pictures={"p1": a_picture()}, footnotes={2: "x"}).packed()

    for _ in range(300):
        outcome = read_manuscript(io.BytesIO(damage(whole, chance)), keep)
        assert isinstance(outcome, Refusal | Manuscript)
