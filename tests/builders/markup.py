"""Reads a finished page as a strict reader would: what is open is closed, what is named is named once."""

from html.parser import HTMLParser

_VOID = frozenset({"meta", "link", "img", "input", "br", "hr", "source", "path", "rect", "circle"})
Attributes = dict[str, str]


class Page(HTMLParser):
    def __init__(self, page: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, Attributes]] = []
        self.texts: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(page.decode())
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> names an attribute twice"
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            assert self._open.pop() == tag, f"</{tag}> closes something else"

    def handle_data(self, data: str) -> None:
        if self._open and data.strip():
            self.texts.setdefault(self._open[-1], []).append(data.strip())

    def all(self, tag: str) -> list[Attributes]:
        return [attributes for name, attributes in self.elements if name == tag]

    def meta(self, name: str) -> str:
        return next(m["content"] for m in self.all("meta") if name in (m.get("name"), m.get("property")))

    @property
    def text(self) -> str:
        return " ".join(" ".join(texts) for tag, texts in self.texts.items() if tag not in ("script", "style"))

    @property
    def addresses(self) -> list[str]:
        """Everything the browser loads or a reader may follow."""
        wanted = ("href", "src", "action")
        return [value for _, attributes in self.elements for name, value in attributes.items() if name in wanted]
