"""Pictures made anew: decoded, turned upright, scaled and encoded again, so that nothing but the picture remains."""

import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from PIL import Image, ImageCms, ImageOps

from infra.documents.limits import PICTURE_PIXELS_MAX
from infra.documents.recognise import JPEG, PNG, WEBP
from infra.kernel.verdicts import Refusal

WIDTHS = (480, 960, 1600)
"""Widths in pixels in which a picture is kept, as far as it is large enough; the last is the largest."""

_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_WEBP_QUALITY, _JPEG_QUALITY = 80, 85
_BOMB = (Image.DecompressionBombError, Image.DecompressionBombWarning)
_DAMAGE = (OSError, SyntaxError, ValueError, OverflowError, LookupError, TypeError, EOFError, zlib.error, struct.error)
"""What Pillow raises on pictures that are none."""


@dataclass(frozen=True, slots=True)
class Variant:
    """The picture in one size and format."""

    width: int
    height: int
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in all its variants: narrow ones first, and in each width WebP before JPEG or PNG."""

    width: int
    height: int
    variants: tuple[Variant, ...]

    @property
    def fallback(self) -> Variant:
        """The widest variant in the format that every reader of old can show."""
        return self.variants[-1]


class _TooLargeError(Exception):
    """More pixels than we decode."""


def picture(stream: BinaryIO, widths: tuple[int, ...] = WIDTHS) -> Picture | Refusal:
    """Return the picture in the stream made anew; of a moving one, its first frame.

    Without metadata (place and camera included), upright, in sRGB; JPEG as fallback, PNG where it is transparent.
    Refused with `picture_broken` or `picture_too_large`.
    """
    try:
        image = _decoded(stream)
        variants = tuple(variant for width in _fitting(widths, image.width) for variant in _variants(image, width))
    except (_TooLargeError, *_BOMB):
        return Refusal("", "picture_too_large", facts={"megapixels_max": PICTURE_PIXELS_MAX // 1_000_000})
    except _DAMAGE:
        return Refusal("", "picture_broken")
    return Picture(variants[-1].width, variants[-1].height, variants)


def _decoded(stream: BinaryIO) -> Image.Image:
    stream.seek(0)
    with Image.open(stream, formats=_FORMATS) as opened:
        if opened.width * opened.height > PICTURE_PIXELS_MAX:
            raise _TooLargeError
        opened.load()
        upright = ImageOps.exif_transpose(opened)
        mode = "RGBA" if upright.has_transparency_data else "RGB"
        image = _in_srgb(upright, mode)
    opaque = mode == "RGBA" and image.getchannel("A").getextrema() == (255, 255)
    return image.convert("RGB") if opaque else image


def _in_srgb(image: Image.Image, mode: str) -> Image.Image:
    """Convert the colours: a picture whose own colour space is dropped would look pale."""
    profile = image.info.get("icc_profile")
    if profile and image.mode in {"RGB", "RGBA"}:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=image.mode)
        except (ImageCms.PyCMSError, OSError):  # a damaged profile is as good as none
            return image.convert(mode)
        return (converted or image).convert(mode)
    return image.convert(mode)


def _fitting(widths: tuple[int, ...], width: int) -> list[int]:
    return sorted({min(each, width) for each in widths})


def _variants(image: Image.Image, width: int) -> Iterator[Variant]:
    height = max(1, round(image.height * width / image.width))
    scaled = image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
    # What is copied along unasked (comments, EXIF, colour profiles) hangs on `info`.
    scaled.info.clear()
    yield Variant(width, height, WEBP, _encoded(scaled, "WEBP", quality=_WEBP_QUALITY, method=4))
    if scaled.mode == "RGBA":
        yield Variant(width, height, PNG, _encoded(scaled, "PNG", optimize=True))
    else:
        yield Variant(width, height, JPEG, _encoded(scaled, "JPEG", quality=_JPEG_QUALITY, progressive=True))


def _encoded(image: Image.Image, name: str, **options: int) -> bytes:
    written = io.BytesIO()
    image.save(written, name, **options)
    return written.getvalue()
