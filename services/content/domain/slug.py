"""Readable addresses: a title folded to plain letters, made unique by a piece of the item's id."""

import re
import unicodedata
from uuid import UUID

SLUG_LENGTH_MAX = 80


def fold(text: str) -> str:
    """Return the text in lower case without marks; đ becomes d.

    >>> fold("Đồng Xoài")
    'dong xoai'
    """
    spelled = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(letter for letter in spelled if not unicodedata.combining(letter))


def slug_of(title: str, article: UUID) -> str:
    """Return the last part of an item's address, at most `SLUG_LENGTH_MAX` characters and the id's first eight."""
    words = re.sub(r"[^a-z0-9]+", "-", fold(title)).strip("-")
    short = words[:SLUG_LENGTH_MAX].rsplit("-", 1)[0] if len(words) > SLUG_LENGTH_MAX else words
    return "-".join(part for part in (short, article.hex[:8]) if part)
