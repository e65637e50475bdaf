"""A picture comes out as nothing but a picture: smaller, upright, and without what a camera adds."""

import io
import zlib

import pytest
from PIL import Image, ImageCms

from infra.documents.pictures import Picture, picture
from infra.documents.recognise import JPEG, PNG, WEBP
from infra.kernel.verdicts import Refusal
from tests.builders.manuscripts import a_picture

GPS, ORIENTATION, TURNED_RIGHT = 0x8825, 0x0112, 6


def made(content: bytes) -> Picture:
    outcome = picture(io.BytesIO(content))
    assert isinstance(outcome, Picture)
    return outcome


def decoded(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def with_exif(width: int = 300, height: int = 200) -> bytes:
    image = Image.new("RGB", (width, height), "white")
    image.paste((255, 0, 0), (0, 0, width // 2, height // 2))
    exif = Image.Exif()
    exif[ORIENTATION] = TURNED_RIGHT
    exif[0x010F] = "Camera of Mr An"
    exif.get_ifd(GPS)[1] = "N"
    written = io.BytesIO()
    image.save(written, "JPEG", exif=exif, comment=b"taken at home", quality=95)
    return written.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_every_kind_of_picture_becomes_webp_and_a_fallback_in_each_width(kind: str) -> None:
    outcome = made(a_picture(2000, 1000, kind))

    assert [(v.width, v.height, v.media_type) for v in outcome.variants] == [
        (width, width // 2, media_type) for width in (480, 960, 1600) for media_type in (WEBP, JPEG)
    ]
    assert (outcome.width, outcome.height) == (1600, 800)
    assert outcome.fallback is outcome.variants[-1]


def test_each_variant_is_what_it_says() -> None:
    for variant in made(a_picture(1000, 700)).variants:
        image = decoded(variant.content)
        assert image.size == (variant.width, variant.height)
        assert Image.MIME[image.format or ""] == variant.media_type


def test_a_small_picture_is_not_blown_up() -> None:
    assert [v.width for v in made(a_picture(300, 200)).variants] == [300, 300]


def test_a_picture_is_upright_and_says_nothing_of_camera_place_or_comment() -> None:
    outcome = made(with_exif())

    assert (outcome.width, outcome.height) == (200, 300)
    for variant in outcome.variants:
        image = decoded(variant.content)
        assert not image.getexif()
        assert not {"comment", "exif", "icc_profile", "xmp"} & image.info.keys()
        assert b"Camera" not in variant.content
        top_right = image.convert("RGB").getpixel((190, 10))
        assert isinstance(top_right, tuple)
        assert top_right[0] > 240
        assert top_right[1] < 20


def test_a_transparent_picture_stays_transparent() -> None:
    written = io.BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(written, "PNG")

    outcome = made(written.getvalue())

    assert [v.media_type for v in outcome.variants] == [WEBP, PNG]
    assert decoded(outcome.fallback.content).convert("RGBA").getpixel((5, 5)) == (0, 0, 0, 0)


def test_a_picture_that_could_be_transparent_and_is_not_becomes_a_jpeg() -> None:
    written = io.BytesIO()
    Image.new("RGBA", (50, 50), (9, 9, 9, 255)).save(written, "PNG")

    assert made(written.getvalue()).fallback.media_type == JPEG


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "I;16", "CMYK", "YCbCr"])
def test_every_way_of_storing_colours_is_understood(mode: str) -> None:
    written = io.BytesIO()
    image = Image.new(mode, (20, 20))
    image.save(written, "JPEG" if mode in {"CMYK", "YCbCr"} else "PNG")

    assert made(written.getvalue()).width == 20


def test_a_picture_in_another_colour_space_is_converted() -> None:
    written = io.BytesIO()
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    Image.new("RGB", (20, 20), (10, 200, 10)).save(written, "PNG", icc_profile=profile)

    assert "icc_profile" not in decoded(made(written.getvalue()).fallback.content).info


def test_a_damaged_colour_profile_is_ignored() -> None:
    written = io.BytesIO()
    Image.new("RGB", (20, 20)).save(written, "PNG", icc_profile=b"no profile")

    assert made(written.getvalue()).width == 20


def test_of_a_moving_picture_the_first_frame_is_kept() -> None:
    written = io.BytesIO()
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    frames[0].save(written, "GIF", save_all=True, append_images=frames[1:])

    kept = decoded(made(written.getvalue()).fallback.content).convert("RGB").getpixel((10, 10))

    assert isinstance(kept, tuple)
    assert kept[0] > 200


def claiming(width: int, height: int) -> bytes:
    """A PNG that says it is very large, which costs its sender nothing."""
    head = b"IHDR" + width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\x00\x00\x00"
    return b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\r" + head + zlib.crc32(head).to_bytes(4, "big") + a_picture()[33:]


@pytest.mark.parametrize("side", [7_100, 10_000, 50_000, 2_000_000])
def test_a_picture_that_would_fill_the_memory_is_refused_before_it_is_decoded(side: int) -> None:
    outcome = picture(io.BytesIO(claiming(side, side)))

    assert outcome == Refusal("", "picture_too_large", facts={"megapixels_max": 50})


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no picture",
        b"\x89PNG\r\n\x1a\n",
        a_picture()[:60],
        a_picture(300, 200, "JPEG")[:500],
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"GIF89a" + b"\xff" * 50,
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
    ],
)
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    assert picture(io.BytesIO(content)) == Refusal("", "picture_broken")


def test_what_hides_behind_a_picture_is_gone() -> None:
    hidden = a_picture(30, 30, "GIF") + b"<script>alert(1)</script>" + b"PK\x03\x04"

    assert not any(b"script" in v.content or b"PK\x03\x04" in v.content for v in made(hidden).variants)
