"""The body of an item as it stands on its page: clean HTML whose pictures come in the width that a screen needs."""

import re
from collections.abc import Mapping
from html import escape

from markupsafe import Markup

from gateway.pages.rendering import narrowest_from, srcset
from services.content.messages import Picture

_IMAGE = re.compile(r"<img\b([^>]*)>")
_ATTRIBUTE = re.compile(r"""\b(src|alt)="([^"]*)\"""")
_FILE = re.compile(r"/files/([0-9a-f]{64})(?:/.*)?")
_SIZES = "(min-width: 48rem) 44rem, 100vw"


def body_for_page(body: str, pictures: Mapping[str, Picture]) -> Markup:
    """Return the body with each picture in all its widths; a picture that is none of the item's is left out."""
    return Markup(_IMAGE.sub(lambda found: _image(found[1], pictures), body))  # noqa: S704 - cleaned before approval


def _image(attributes: str, pictures: Mapping[str, Picture]) -> str:
    given = dict(_ATTRIBUTE.findall(attributes))
    file = _FILE.fullmatch(given.get("src", ""))
    picture = pictures.get(file[1]) if file else None
    if picture is None:
        return ""
    return (
        f'<img src="{escape(narrowest_from(picture))}" srcset="{escape(srcset(picture))}" sizes="{_SIZES}" '
        f'alt="{given.get("alt", "")}" width="{picture.width}" height="{picture.height}" loading="lazy" decoding="async">'
    )
