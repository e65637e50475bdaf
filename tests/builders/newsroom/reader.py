"""A member of staff at a browser without JavaScript: opens pages, fills in the forms found there, sends them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from httpx import Client, Response

Files = list[tuple[str, tuple[str, bytes, str]]]


@dataclass
class FoundForm:
    """A form as it stands on a page: where it goes, and what is in its fields."""

    action: str = ""
    fields: list[tuple[str, str]] = field(default_factory=list)

    def value(self, name: str) -> str:
        return dict(self.fields)[name]


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[FoundForm] = []
        self._area: str | None = None
        self._select: str | None = None
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(FoundForm(given.get("action", "")))
        elif tag == "input" and "name" in given:
            self._input(given)
        elif tag == "select":
            self._select = given["name"]
        elif tag == "option" and "selected" in given and self._select:
            self._add(self._select, given["value"])
        elif tag == "textarea":
            self._area, self._text = given["name"], ""

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area:
            self._add(self._area, self._text.removeprefix("\n"))
            self._area = None

    def _input(self, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        chosen = kind not in {"checkbox", "radio"} or "checked" in given
        if chosen and kind != "file":
            self._add(given["name"], given.get("value", ""))

    def _add(self, name: str, value: str) -> None:
        self.forms[-1].fields.append((name, value))


def forms_of(page: Response) -> list[FoundForm]:
    """Return the forms of a page."""
    parser = _Forms()
    parser.feed(page.text)
    return parser.forms


class Reader:
    """One browser."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.client = Client(base_url=address, headers={"accept": "text/html"}, timeout=20)

    def get(self, address: str, **headers: str) -> Response:
        return self.client.get(address, headers=headers)

    def form(self, page: Response, action_end: str = "") -> FoundForm:
        """The first form of the page, besides signing out, whose address ends so."""
        return next(f for f in forms_of(page) if f.action.endswith(action_end) and f.action != "/sign-out")

    def send(
        self, form: FoundForm, values: Mapping[str, Any] | None = None, files: Files | None = None, **headers: str
    ) -> Response:
        """Send the form as it stands, with some fields filled in otherwise."""
        data: dict[str, Any] = {}
        for name, value in form.fields:
            data.setdefault(name, []).append(value)
        data.update(values or {})
        headers.setdefault("origin", self.address)
        return self.client.post(form.action, data=data, files=files or [], headers=headers)

    def sign_in(self, login: str = "lan", next_address: str = "") -> Response:
        page = self.get(f"/sign-in?next={next_address}")
        return self.send(self.form(page), {"login": login, "password": "right"})
