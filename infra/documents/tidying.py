"""The one structure that article markup has: blocks, and inside them text with marks; nothing empty, nothing twice."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from infra.documents.markup import Element, Node
from infra.documents.plain import single_spaced

INLINE = frozenset({"strong", "em", "u", "sub", "sup", "a", "br", "img"})
PARAGRAPHS = frozenset({"p", "h2", "h3", "h4"})
HEADINGS = frozenset({"h2", "h3", "h4"})
LISTS = frozenset({"ul", "ol"})
TABLE_PARTS = frozenset({"caption", "thead", "tbody", "tfoot", "tr", "th", "td"})
BLOCKS = PARAGRAPHS | LISTS | {"table", "figure", "blockquote", "hr"}
MIXED = frozenset({"li", "th", "td", "figcaption", "caption"})
"""What may contain text directly as well as blocks."""

DIVISIONS = frozenset(
    {"div", "section", "article", "header", "footer", "main", "aside", "nav", "center", "address", "pre", "form"}
    | {"fieldset", "details", "summary", "dl", "dt", "dd", "hgroup"}
)
"""What only divides text: it becomes paragraphs."""

_RENAMED = {"h1": "h2", "h5": "h4", "h6": "h4", "b": "strong", "i": "em", **dict.fromkeys(DIVISIONS, "div")}


def tidy(nodes: Sequence[Node]) -> list[Node]:
    """Return the nodes in that structure; every word stays and in its order."""
    return _blocks([_renamed(node) for node in nodes], "p")


def _renamed(node: Node) -> Node:
    if isinstance(node, str):
        return single_spaced(node)
    children = [_renamed(child) for child in node.children]
    return Element(_RENAMED.get(node.tag, node.tag), node.attributes, children)


def _blocks(nodes: Sequence[Node], paragraph: str) -> list[Node]:
    """Return blocks only: text between blocks becomes a paragraph, an element that is neither gives up what it has."""
    found: list[Node] = []
    for is_block, group in groupby(_opened(nodes), key=_is_block):
        if is_block:
            for each in group:
                found += _block(each) if isinstance(each, Element) else []
        else:
            found += _paragraph(Element(paragraph, {}, list(group)))
    return found


def _opened(nodes: Iterable[Node]) -> Iterator[Node]:
    """Open what is neither block nor inline, and what is inline but has blocks inside."""
    for node in nodes:
        if isinstance(node, str) or _is_block(node) or (node.tag in INLINE and not _has_block(node)):
            yield node
        elif node.tag in {"li", "figcaption", "div"}:
            yield Element("p", {}, node.children)
        else:
            yield from _opened(node.children)


def _is_block(node: Node) -> bool:
    return isinstance(node, Element) and node.tag in BLOCKS


def _has_block(element: Element) -> bool:
    return any(inner.tag not in INLINE for inner in element.elements())


def _block(element: Element) -> list[Node]:
    if element.tag in PARAGRAPHS:
        opened = list(_opened(element.children))
        return _blocks(opened, element.tag) if any(map(_is_block, opened)) else _paragraph(element)
    if element.tag in LISTS:
        return _list(element)
    if element.tag == "hr":
        return [Element("hr")]
    return _container(element)


def _paragraph(element: Element) -> list[Node]:
    children = _trimmed(_inline(element.children))
    if element.tag in HEADINGS:
        children = _heading(children)
    return [Element(element.tag, {}, children)] if _says_something(children) else []


def _heading(children: list[Node]) -> list[Node]:
    """A heading is one line, and needs no bold type of its own."""
    while len(children) == 1 and isinstance(children[0], Element) and children[0].tag in {"strong", "u"}:
        children = children[0].children
    return [" " if isinstance(node, Element) and node.tag == "br" else node for node in children]


def _list(element: Element) -> list[Node]:
    items: list[Element] = []
    for child in element.children:
        if not _says_something([child]):
            continue
        if isinstance(child, Element) and child.tag in LISTS and items:
            items[-1].children.append(child)
        else:
            items.append(child if isinstance(child, Element) and child.tag == "li" else Element("li", {}, [child]))
    kept = [part for item in items for part in _mixed(item)]
    return [Element(element.tag, element.attributes, kept)] if kept else []


def _container(element: Element) -> list[Node]:
    if element.tag == "table":
        rows = _table_parts(element)
        return [Element("table", {}, rows)] if any(_says_something([row]) for row in rows) else []
    children = _figure(element) if element.tag == "figure" else _blocks(element.children, "p")
    return [Element(element.tag, {}, children)] if _says_something(children) else []


def _figure(element: Element) -> list[Node]:
    captions = [child for child in element.children if isinstance(child, Element) and child.tag == "figcaption"]
    others = [child for child in element.children if child not in captions]
    if all(isinstance(child, str) or child.tag == "img" for child in others):
        shown: list[Node] = [child for child in others if isinstance(child, Element) or child.strip()]
    else:
        shown = _blocks(others, "p")
    return shown + [part for caption in captions for part in _mixed(caption)]


def _table_parts(element: Element) -> list[Node]:
    """Keep the grid as it is, empty cells included: they hold their place."""
    parts = [child for child in element.children if isinstance(child, Element) and child.tag in TABLE_PARTS]
    kept: list[Node] = []
    for part in parts:
        if part.tag in MIXED:
            kept += _mixed(part, keep_empty=part.tag != "caption")
        else:
            inside = _table_parts(part)
            kept += [Element(part.tag, part.attributes, inside)] if inside else []
    return kept


def _mixed(element: Element, *, keep_empty: bool = False) -> list[Node]:
    """Return the element with its text as it is, or with blocks where there are several."""
    opened = list(_opened(element.children))
    if not any(map(_is_block, opened)):
        children = _trimmed(_inline(opened))
    else:
        children = _leading_text_plain(_blocks(opened, "p"), element.tag)
    return [Element(element.tag, element.attributes, children)] if keep_empty or _says_something(children) else []


def _leading_text_plain(blocks: list[Node], tag: str) -> list[Node]:
    """An only paragraph, and an item's first before its inner list, needs no paragraph around it."""
    paragraphs = [node for node in blocks if isinstance(node, Element) and node.tag == "p"]
    inner_lists = all(isinstance(node, Element) and node.tag in LISTS for node in blocks[1:])
    if len(paragraphs) == 1 and blocks[0] is paragraphs[0] and (len(blocks) == 1 or (tag == "li" and inner_lists)):
        return [*paragraphs[0].children, *blocks[1:]]
    return blocks


def _inline(nodes: Iterable[Node]) -> list[Node]:
    """Return text and marks: neighbours that are alike joined, marks without content gone."""
    found: list[Node] = []
    for node in nodes:
        for part in _mark(node):
            _join(found, part)
    return found


def _mark(node: Node) -> list[Node]:
    if isinstance(node, str):
        return [node] if node else []
    if node.tag in {"br", "img"}:
        return [node] if node.tag == "br" or "src" in node.attributes else []
    children = _inline(node.children)
    if node.tag not in INLINE or (node.tag == "a" and not node.attributes.keys() & {"href", "id"}):
        return children
    if not _says_something(children) and "id" not in node.attributes:
        return [" "] if children else []
    return [Element(node.tag, node.attributes, children)]


def _join(found: list[Node], part: Node) -> None:
    last = found[-1] if found else None
    if isinstance(part, str) and isinstance(last, str):
        found[-1] = single_spaced(last + part)
    elif isinstance(part, Element) and isinstance(last, Element) and _alike(last, part):
        for child in part.children:
            _join(last.children, child)
    else:
        found.append(part)


def _alike(one: Element, other: Element) -> bool:
    return (
        one.tag == other.tag and one.tag in {"strong", "em", "u", "sub", "sup"} and one.attributes == other.attributes
    )


def _trimmed(nodes: list[Node]) -> list[Node]:
    """Return the nodes without white space and line breaks at either end."""
    start, end = 0, len(nodes)
    while start < end and _is_blank(nodes[start]):
        start += 1
    while end > start and _is_blank(nodes[end - 1]):
        end -= 1
    kept = nodes[start:end]
    if kept and isinstance(kept[0], str):
        kept[0] = kept[0].lstrip()
    if kept and isinstance(kept[-1], str):
        kept[-1] = kept[-1].rstrip()
    return kept


def _is_blank(node: Node) -> bool:
    return not node.strip() if isinstance(node, str) else node.tag == "br"


def _says_something(nodes: Iterable[Node]) -> bool:
    for node in nodes:
        if isinstance(node, str):
            if node.strip():
                return True
        elif node.tag in {"img", "hr"} or "id" in node.attributes or _says_something(node.children):
            return True
    return False
