"""The one allow-list for markup: what the editor, a manuscript or the API hands in becomes this, or is left out."""

import re
from collections import Counter
from html import escape

import nh3

from infra.documents.markup import Element, Node, parse, serialise
from infra.documents.office_paste import from_office
from infra.documents.plain import clean_text, composed, single_spaced
from infra.documents.tidying import BLOCKS, DIVISIONS, INLINE, MIXED, TABLE_PARTS, tidy

__all__ = ["clean_html", "clean_text", "plain_text"]

_PASSES_MAX = 8
_SAME_OPEN_MAX, _NAMES_MAX = 500, 300
_ANY_TAG = re.compile(r"<(/?)([a-zA-Z][\w:]*)[^>]*>?")
_END_BY_THEMSELVES = {
    "p",
    "li",
    "tr",
    "td",
    "th",
    "dt",
    "dd",
    "option",
    "br",
    "hr",
    "img",
    "input",
    "meta",
    "link",
    "col",
}
_SCHEMES = {"http", "https", "mailto", "tel"}
_OLDER_NAMES = {"b", "i", "h1", "h5", "h6", "span"}
_LINK = re.compile(
    r"https?://[^\s/].*|mailto:[^\s].*|tel:[+\d].*|/(?![/\\]).*|#(footnote|endnote)(-ref)?-\d{1,4}", re.IGNORECASE
)
_OUTWARD = re.compile(r"https?:", re.IGNORECASE)
_PICTURE = re.compile(r"/files/\w[\w.-]*(/\w[\w.-]*)*|[0-9a-f]{64}", re.ASCII)
_ANCHOR = re.compile(r"(footnote|endnote)(-ref)?-\d{1,4}")
_LENGTH = re.compile(r"[1-9]\d{0,4}")
_SPAN = re.compile(r"[2-9]|[1-9]\d")

_KEPT = {
    "a": {"href": _LINK, "id": _ANCHOR},
    "img": {"src": _PICTURE, "alt": re.compile(".*", re.DOTALL), "width": _LENGTH, "height": _LENGTH},
    "ol": {"start": _LENGTH, "type": re.compile("[aAiI]")},
    "li": {"id": _ANCHOR},
    "th": {"colspan": _SPAN, "rowspan": _SPAN, "scope": re.compile("col|row")},
    "td": {"colspan": _SPAN, "rowspan": _SPAN},
}
"""Attributes by element, each with what its whole value must look like."""

_READ_AND_DROPPED = {"p": {"style"}, "span": {"style"}, "b": {"style"}, "strong": {"style"}}
"""Styles tell what a word processor meant; none is kept."""

_SANITISER = nh3.Cleaner(
    tags={*INLINE, *BLOCKS, *MIXED, *TABLE_PARTS, *DIVISIONS, *_OLDER_NAMES},
    clean_content_tags={"script", "style", "template", "iframe", "object", "noscript", "svg", "math", "xml", "title"},
    attributes={tag: {*_KEPT.get(tag, ()), *_READ_AND_DROPPED.get(tag, ())} for tag in {*_KEPT, *_READ_AND_DROPPED}},
    url_schemes=_SCHEMES,
    link_rel=None,
)


def clean_html(markup: str) -> str:
    """Return the markup with nothing but what an article may contain; cleaning it again changes nothing.

    Blocks are p, h2-h4, ul, ol, table, figure, blockquote and hr; marks are strong, em, u, sub, sup, a, br and img.
    Pictures are our own only. Words are never lost, except those of scripts, styles and embedded objects.
    """
    cleaned, passes = composed(markup), 0
    if _nests_too_deep(cleaned):
        return _words_only(_ANY_TAG.sub(" ", cleaned))
    while (again := _pass(cleaned)) != cleaned:
        cleaned, passes = again, passes + 1
        if passes == _PASSES_MAX:
            return _words_only(plain_text(cleaned))
    return cleaned


def _words_only(words: str) -> str:
    """What browsers would read anew each time, or for minutes, is an attack or a mess: its words are enough."""
    return _pass(f"<p>{escape(words, quote=False)}</p>")


def _nests_too_deep(markup: str) -> bool:
    """Tell whether so many elements lie in each other that parsing them, which takes the square of that, would hang."""
    open_elements: Counter[str] = Counter()
    for tag in _ANY_TAG.finditer(markup):
        name = tag.group(2).lower()
        if tag.group(1):
            open_elements[name] -= open_elements[name] > 0
        elif name not in _END_BY_THEMSELVES:
            open_elements[name] += 1
            if open_elements[name] > _SAME_OPEN_MAX or len(open_elements) > _NAMES_MAX:
                return True
    return False


def plain_text(markup: str) -> str:
    """Return the words of clean markup for search and summaries: a line for each block and each cell."""
    lines = [clean_text(line) for line in "".join(_spoken(parse(markup))).split("\n")]
    return "\n".join(line for line in lines if line)


def _pass(markup: str) -> str:
    nodes = from_office(parse(_SANITISER.clean(markup)))
    return serialise([_with_kept_attributes(node) for node in tidy(nodes)])


def _with_kept_attributes(node: Node) -> Node:
    if isinstance(node, str):
        return node
    allowed = _KEPT.get(node.tag, {})
    attributes = {name: single_spaced(value).strip() for name, value in node.attributes.items()}
    kept = {
        name: attributes[name] for name in allowed if name in attributes and allowed[name].fullmatch(attributes[name])
    }
    children = [_with_kept_attributes(child) for child in node.children]
    return Element(node.tag, kept | _added(node.tag, kept), children)


def _added(tag: str, kept: dict[str, str]) -> dict[str, str]:
    if tag == "a" and _OUTWARD.match(kept.get("href", "")):
        return {"rel": "noopener noreferrer"}
    return {"alt": ""} if tag == "img" and "alt" not in kept else {}


def _spoken(nodes: list[Node]) -> list[str]:
    found: list[str] = []
    for node in nodes:
        if isinstance(node, str):
            found.append(node.replace("\n", " "))
        else:
            ends = "" if node.tag in INLINE - {"br"} else "\n"
            found += [ends, *_spoken(node.children), ends]
    return found
