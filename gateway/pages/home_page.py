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

_IN_OWN_PLACES = ("legal-document", "introduction")
_LEAD_AMONG = 8
_BESIDE_LEAD = 4
_DOCUMENTS = 6
_ANNOUNCEMENTS = 5
_IN_BAND = 5


class Band(NamedTuple):
    """A section with its newest items; at least one where `feature` is asked for."""

    section: Section
    cards: Sequence[Card]

    @property
    def feature(self) -> Card:
        """The newest item with a picture or, without any, the newest."""
        return next((card for card in self.cards if card.cover), self.cards[0])

    @property
    def others(self) -> Sequence[Card]:
        """All items but the feature."""
        return [card for card in self.cards if card is not self.feature]


@dataclass(frozen=True, slots=True)
class HomePage:
    """What stands where."""

    lead: Card | None
    beside: Sequence[Card]
    documents: Sequence[Band]
    announcements: Sequence[Band]
    bands: Sequence[Band]


def compose(profile: Profile, language: str, newest: Newest) -> HomePage:
    """Decide what stands where: a story leads if it is among the newest and has a picture."""
    told = [card for card in newest(EVERYTHING, 2 * _LEAD_AMONG) if card.kind not in _IN_OWN_PLACES]
    lead = next((card for card in told[:_LEAD_AMONG] if card.cover), told[0] if told else None)
    beside = [card for card in told if card is not lead][:_BESIDE_LEAD]
    above = frozenset(card.article for card in (lead, *beside) if card)

    def of_kind(*kinds: str, count: int, without: frozenset[str] = frozenset()) -> list[Band]:
        """Return the newest items of each section of a kind, without those that stand above already."""
        sections = [section for section in profile.menu(language) if section.kinds[0] in kinds]
        newest_of = ((section, newest(section.slug, count + len(without))) for section in sections)
        return [
            Band(section, [card for card in cards if card.article not in without][:count])
            for section, cards in newest_of
        ]

    return HomePage(
        lead=lead,
        beside=beside,
        documents=of_kind("legal-document", count=_DOCUMENTS),
        announcements=of_kind("announcement", count=_ANNOUNCEMENTS),
        bands=[
            each for each in of_kind("news", "direction", "introduction", count=_IN_BAND, without=above) if each.cards
        ],
    )


def home_page(renderer: Renderer, language: str, newest: Newest) -> bytes:
    """Bake the home page in a language."""
    return renderer.page(
        "home.html",
        language,
        home=compose(renderer.site.profile, language, newest),
        here=addresses.home(language),
        there=addresses.home(OTHER[language]),
    )
