"""Word by word comparison of two texts."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from html import unescape

_WORDS = re.compile(r"\s+|[^\s\W]+|[^\w\s]")
_BREAK = re.compile(r"</(p|h[1-6]|li|tr|blockquote|table|ul|ol)>|<(br|hr)\b[^>]*>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^>]*>")


@dataclass(frozen=True, slots=True)
class Run:
    """A run of words: "same", "gone" (only in the first text) or "new" (only in the second)."""

    kind: str
    text: str


def compare(before: str, after: str) -> tuple[tuple[Run, ...], tuple[Run, ...]]:
    """Return the runs of both texts.

    >>> compare("a b c", "a x c")[1]
    (Run(kind='same', text='a '), Run(kind='new', text='x'), Run(kind='same', text=' c'))
    """
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    left: list[Run] = []
    right: list[Run] = []
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        _add(left, "same" if tag == "equal" else "gone", old[i:j])
        _add(right, "same" if tag == "equal" else "new", new[k:m])
    return tuple(left), tuple(right)


def readable(html: str) -> str:
    """Return the words of an HTML text, a line for each paragraph; plain text stays as it is."""
    if not _TAG.search(html):
        return html
    lines = (line.strip() for line in unescape(_TAG.sub("", _BREAK.sub("\n", html))).splitlines())
    return "\n".join(line for line in lines if line)


def _add(runs: list[Run], kind: str, words: list[str]) -> None:
    if words:
        runs.append(Run(kind, "".join(words)))
