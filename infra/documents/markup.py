"""Markup as a tree: read from markup that a sanitiser has made well-formed, changed, and written again."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser

DEPTH_MAX = 40
"""Deeper elements are left out and their text kept: no text that a person has written goes so deep."""

VOID = frozenset({"br", "hr", "img"})
"""Elements that contain nothing and have no end tag."""


@dataclass(slots=True)
class Element:
    """An element with its attributes and what it contains: elements and texts."""

    tag: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    children: "list[Node]" = field(default_factory=list)

    def texts(self) -> Iterator[str]:
        """Give all texts inside, in order."""
        for child in self.children:
            if isinstance(child, str):
                yield child
            else:
                yield from child.texts()

    def elements(self) -> Iterator["Element"]:
        """Give all elements inside, in order, each before what it contains."""
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child.elements()


Node = Element | str


def parse(markup: str) -> list[Node]:
    """Read well-formed markup. Comments and declarations are left out."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return reader.root.children


def serialise(nodes: list[Node]) -> str:
    """Write nodes as markup; whatever a text or an attribute contains stays text."""
    return "".join(_written(node) for node in nodes)


def _written(node: Node) -> str:
    if isinstance(node, str):
        return escape(node, quote=False)
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in node.attributes.items())
    opening = f"<{node.tag}{attributes}>"
    return opening if node.tag in VOID else f"{opening}{serialise(node.children)}</{node.tag}>"


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("")
        self._open = [self.root]
        self._too_deep = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID and (self._too_deep or len(self._open) > DEPTH_MAX):
            self._too_deep += 1
            return
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if self._too_deep:
            self._too_deep -= 1
        elif len(self._open) > 1 and self._open[-1].tag == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        inside = self._open[-1].children
        if inside and isinstance(inside[-1], str):
            inside[-1] += data
        else:
            inside.append(data)
