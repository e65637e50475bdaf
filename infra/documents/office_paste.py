"""What word processors put on the clipboard: their lists and marks, which they write as styles, made into elements."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

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
    waiting: list[_Item] = []
    for node in nodes:
        if item := _item(node):
            waiting.append(item)
        elif not waiting or isinstance(node, Element) or node.strip():
            yield from _lists(waiting)
            waiting = []
            yield node
    yield from _lists(waiting)


@dataclass(frozen=True, slots=True)
class _Item:
    level: int
    marker: str
    element: Element

    @property
    def kind(self) -> str:
        return "ol" if _NUMBER.match(self.marker) else "ul"


@dataclass(slots=True)
class _OpenList:
    level: int
    element: Element
    last: Element


def _item(node: Node) -> _Item | None:
    if isinstance(node, str) or node.tag != "p":
        return None
    level = _LIST_LEVEL.search(node.attributes.get("style", ""))
    return _Item(int(level.group(1)), _take_marker(node), Element("li", {}, node.children)) if level else None


def _take_marker(paragraph: Element) -> str:
    """Take the bullet or number, which Word writes into the text, out of the paragraph and return it."""
    for parent in (paragraph, *paragraph.elements()):
        for child in parent.children:
            if isinstance(child, Element) and _MARKER.search(child.attributes.get("style", "")):
                parent.children.remove(child)
                return "".join(child.texts()).strip()
    return ""


def _lists(items: Sequence[_Item]) -> list[Node]:
    """Nest items by their level; a list ends where the kind of marker on its level changes."""
    top: list[Node] = []
    open_lists: list[_OpenList] = []
    for item in items:
        while open_lists and not _goes_on(open_lists[-1], item):
            open_lists.pop()
        if not open_lists or open_lists[-1].level < item.level:
            started = _started(item)
            (open_lists[-1].last.children if open_lists else top).append(started)
            open_lists.append(_OpenList(item.level, started, item.element))
        open_lists[-1].element.children.append(item.element)
        open_lists[-1].last = item.element
    return top


def _goes_on(open_list: _OpenList, item: _Item) -> bool:
    same = open_list.level == item.level and open_list.element.tag == item.kind
    return same or open_list.level < item.level


def _started(item: _Item) -> Element:
    number = _NUMBER.match(item.marker)
    if not number:
        return Element("ul")
    sign = number.group(1)
    if sign.isdigit():
        return Element("ol", {} if sign == "1" else {"start": sign})
    return Element("ol", {"type": "a" if sign.islower() else "A"})
