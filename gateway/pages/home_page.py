"""The home page: the lead story, what is new, legal documents, announcements, and a band for each section."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from gateway import addresses
from gateway.cards import Card
from gateway.items import EVERYTHING
from gateway.pages.rendering import OTHER, Renderer
from gateway.profile import Profile, Section

Newest = Callable[[str, int], Sequence[Card]]
"""Gives at most so many (second) of the newest items of a section (first) that may stand on the home page."""

_LEAD_AMONG = 8
_BESIDE_LEAD = 4
_DOCUMENTS = 6
_ANNOUNCEMENTS = 5
_IN_BAND = 4


class Band(NamedTuple):
    """A section with its newest items."""

    section: Section
    cards: Sequence[Card]


@dataclass(frozen=True, slots=True)
class HomePage:
    """What stands where."""

    lead: Card | None
    beside: Sequence[Card]
    documents: Sequence[Band]
    announcements: Sequence[Band]
    bands: Sequence[Band]
    introductions: Sequence[Band]


def compose(profile: Profile, newest: Newest) -> HomePage:
    """Decide what stands where: a story leads if it is among the newest and has a picture."""
    told = [card for card in newest(EVERYTHING, 2 * _LEAD_AMONG) if card.kind not in ("legal-document", "introduction")]
    lead = next((card for card in told[:_LEAD_AMONG] if card.cover), told[0] if told else None)
    beside = [card for card in told if card is not lead][:_BESIDE_LEAD]

    def of_kind(*kinds: str, count: int) -> list[Band]:
        sections = [section for section in profile.menu if section.kinds[0] in kinds]
        return [Band(section, newest(section.slug, count)) for section in sections]

    bands = of_kind("news", "direction", count=_IN_BAND)
    return HomePage(
        lead=lead,
        beside=beside,
        documents=of_kind("legal-document", count=_DOCUMENTS),
        announcements=of_kind("announcement", count=_ANNOUNCEMENTS),
        bands=[band for band in bands if band.cards],
        introductions=of_kind("introduction", count=_IN_BAND),
    )


def home_page(renderer: Renderer, language: str, newest: Newest) -> bytes:
    """Bake the home page in a language."""
    return renderer.page(
        "home.html",
        language,
        home=compose(renderer.site.profile, newest),
        here=addresses.home(language),
        there=addresses.home(OTHER[language]),
    )
