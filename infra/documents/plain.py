"""Plain text as it is kept: composed letters, no invisible characters, one kind of space."""

import re
import unicodedata

_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f"  # control characters except white space
    "\u00ad\u200b\u2060\ufeff"  # soft hyphen and spaces without width
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # they turn the reading direction, to deceive
    "\ufff9-\ufffb\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]"  # not characters
)
_SPACES = re.compile(r"\s+")
_NO_BREAK = "\u00a0"


def composed(value: str) -> str:
    """Return the text in NFC without invisible and forbidden characters; white space stays as it is."""
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", value))


def clean_text(value: str) -> str:
    """Return a plain field as it is kept: on one line, every run of white space one space, none at the ends."""
    return _SPACES.sub(" ", composed(value)).strip()


def single_spaced(value: str) -> str:
    """Return composed running text with every run of white space as one space.

    A single no-break space stays where it keeps a number with its word ("Điều 10", "50 km"); Word puts it everywhere.
    """
    return _SPACES.sub(_one_space, composed(value))


def _one_space(run: re.Match[str]) -> str:
    before, after = run.string[run.start() - 1 : run.start()], run.string[run.end() : run.end() + 1]
    beside_number = before.isalnum() and after.isalnum() and (before.isdigit() or after.isdigit())
    return _NO_BREAK if run.group() == _NO_BREAK and beside_number else " "
