"""What every page of the staff has around it: navigation, language switch, messages, the person."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from infra.web import flash
from infra.web.going import refreshes_itself
from infra.web.kit import MenuEntry
from infra.web.languages import LANGUAGES

if TYPE_CHECKING:
    from infra.web.page import Page


@dataclass(frozen=True, slots=True)
class Link:
    """One link of the navigation, in the reader's language."""

    label: str
    href: str
    here: bool


def chrome(page: "Page") -> dict[str, Any]:
    """Return what the frame's templates need."""
    return {
        "at": page.at,
        "root": lambda path: path,
        "page": page,
        "session": page.visitor,
        "links": _links(page),
        "flashes": () if refreshes_itself(page.request) else flash.take(page.request, page.kit),
        "csrf_token": page.token,
        "portal": page.kit.house.name[page.language],
        "portal_short": page.kit.house.short_name[page.language],
        "public_url": page.kit.house.public_url,
        "languages": {language: _in_language(page, language) for language in LANGUAGES},
        "say": page.say,
        "shown_on": _address(page),
    }


def _links(page: "Page") -> list[Link]:
    if page.visitor is None:
        return []
    held = page.visitor.capacities
    visible = [entry for entry in page.kit.menu if entry.item.visible_to(held)]
    here = _here(page.path, visible)
    return [_link(page, entry, here=entry is here) for entry in visible]


def _here(path: str, entries: list[MenuEntry]) -> MenuEntry | None:
    """Return the entry whose address is the longest beginning of the page's."""
    fitting = [entry for entry in entries if f"{path}/".startswith(f"{_href(entry)}/".replace("//", "/"))]
    return max(fitting, key=lambda entry: len(_href(entry)), default=None)


def _href(entry: MenuEntry) -> str:
    return f"{entry.prefix}{entry.item.path}"


def _link(page: "Page", entry: MenuEntry, *, here: bool) -> Link:
    return Link(entry.catalogues.words(page.language).gettext(entry.item.label), _href(entry), here)


def _in_language(page: "Page", language: str) -> str:
    query = [(name, value) for name, value in parse_qsl(page.request.url.query) if name != "lang"]
    return f"{page.path}?{urlencode([*query, ('lang', language)])}"


def _address(page: "Page") -> str:
    """The page to come back to after signing in: this one, or after a POST the one on which the form stood."""
    query = page.request.url.query
    return page.posted.text("shown_on") or page.path + (f"?{query}" if query else "")
