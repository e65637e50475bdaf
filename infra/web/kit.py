"""What the pages of one part work with at every request."""

from dataclasses import dataclass

from starlette.requests import Request

from infra.web.forgery import Tokens
from infra.web.house import House
from infra.web.languages import WEB_LOCALE, Catalogues
from infra.web.parts import NavItem, Part
from infra.web.rendering import Templates
from infra.web.sessions import Sessions

LANGUAGE_COOKIE = "language"


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """An entry of the navigation with where it belongs: the label is translated by its own part's words."""

    prefix: str
    item: NavItem
    catalogues: Catalogues


@dataclass(frozen=True, slots=True)
class Kit:
    """One part with everything it is rendered and guarded by."""

    prefix: str
    part: Part
    house: House
    catalogues: Catalogues
    templates: Templates
    sessions: Sessions
    tokens: Tokens
    menu: tuple[MenuEntry, ...] = ()


def kit_for(prefix: str, part: Part, house: House) -> Kit:
    """Read the part's words and templates."""
    catalogues = Catalogues.load(part.home / "locale", WEB_LOCALE)
    return Kit(
        prefix=prefix,
        part=part,
        house=house,
        catalogues=catalogues,
        templates=Templates(part.home, catalogues, house.timezone),
        sessions=Sessions(house),
        tokens=Tokens(house.session_key),
    )


def kit_of(request: Request) -> Kit:
    """Return the kit of the part that handles the request: at the root the part's own, else the app's."""
    kit: Kit = getattr(request.state, "kit", None) or request.app.state.kit
    return kit
