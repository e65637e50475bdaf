"""What word processors put on the clipboard: their lists and marks, which they write as styles, made into elements."""

import re
from collections.abc import Iterator, Sequence

from infra.documents.markup import Element, Node

_LIST_LEVEL = re.compile(r"mso-list:[^;]*\blevel([1-9])", re.IGNORECASE)
_MARKER = re.compile(r"mso-list:\s*ignore", re.IGNORECASE)
_NUMBER = re.compile(r"\(?([0-9]+|[a-zđ]+|[A-ZĐ]+)[.)]", re.IGNORECASE)
_NOT_BOLD = re.compile(r"font-weight:\s*(normal|[1-5]00)\b", re.IGNORECASE)
_MARKS = {
    "strong": re.compile(r"font-weight:\s*(bold|[6-9]00)\b", re.IGNORECASE),
    "em": re.compile(r"font-style:\s*italic\b", re.IGNORECASE),
    "u": re.compile(r"text-decoration[^;]*:[^;]*\bunderline\b", re.IGNORECASE),
    "sup": re.compile(r"vertical-align:\s*super\b", re.IGNORECASE),
    "sub": re.compile(r"vertical-align:\s*sub\b", re.IGNORECASE),
}


def from_office(nodes: Sequence[Node]) -> list[Node]:
    """Return the nodes with list paragraphs as lists and styled spans as marks; nothing else is different."""
    return list(_with_lists([_marked(node) for node in nodes]))


def _marked(node: Node) -> Node:
    if isinstance(node, str):
        return node
    style = node.attributes.get("style", "")
    children = list(_with_lists([_marked(child) for child in node.children]))
    if node.tag in {"b", "strong"} and _NOT_BOLD.search(style):
        return Element("span", {}, children)
    if node.tag != "span" or _MARKER.search(style):
        return Element(node.tag, node.attributes, children)
    for mark in (mark for mark, pattern in _MARKS.items() if pattern.search(style)):
        children = [Element(mark, {}, children)]
    return Element("span", {}, children)


def _with_lists(nodes: Sequence[Node]) -> Iterator[Node]:
    waiting: list[tuple[int, Element]] = []
    for node in nodes:
        if level := _level(node):
            waiting.append((level, node))  # type: ignore[arg-type] # only elements have a level
        elif not waiting or isinstance(node, Element) or node.strip():
            yield from _lists(waiting)
            waiting = []
            yield node
    yield from _lists(waiting)


def _level(node: Node) -> int:
    if isinstance(node, str) or node.tag != "p":
        return 0
    found = _LIST_LEVEL.search(node.attributes.get("style", ""))
    return int(found.group(1)) if found else 0


def _lists(items: Sequence[tuple[int, Element]]) -> list[Node]:
    """Nest items by their level; a list ends where the kind of marker on its level changes."""
    top: list[Node] = []
    open_lists: list[tuple[int, Element]] = []
    for level, paragraph in items:
        marker = _take_marker(paragraph)
        while open_lists and open_lists[-1][0] > level:
            open_lists.pop()
        if open_lists and open_lists[-1] == (level, open_lists[-1][1]) and open_lists[-1][1].tag != _kind(marker):
            open_lists.pop()
        if not open_lists or open_lists[-1][0] < level:
            started = _started(marker)
            (open_lists[-1][1].children[-1].children if open_lists else top).append(started)  # type: ignore[union-attr]
            open_lists.append((level, started))
        open_lists[-1][1].children.append(Element("li", {}, paragraph.children))
    return top


def _take_marker(paragraph: Element) -> str:
    """Take the bullet or number, which Word writes into the text, out of the paragraph and return it."""
    for parent in (paragraph, *paragraph.elements()):
        for child in parent.children:
            if isinstance(child, Element) and _MARKER.search(child.attributes.get("style", "")):
                parent.children.remove(child)
                return "".join(child.texts()).strip()
    return ""


def _kind(marker: str) -> str:
    return "ol" if _NUMBER.match(marker) else "ul"


def _started(marker: str) -> Element:
    number = _NUMBER.match(marker)
    if not number:
        return Element("ul")
    sign = number.group(1)
    if sign.isdigit():
        return Element("ol", {} if sign == "1" else {"start": sign})
    return Element("ol", {"type": "a" if sign.islower() else "A"})
