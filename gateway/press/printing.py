"""Prints what can be baked: looks up what stands on it and hands that to the page that knows how to say it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from gateway.addresses import LANGUAGES
from gateway.addresses import feed as feed_address
from gateway.cards import Card
from gateway.catalogue import Catalogue
from gateway.items import EVERYTHING, Item
from gateway.pages import home_page, item_page, list_pages, machine_pages, standing_pages
from gateway.pages.rendering import Renderer
from gateway.press.sheets import ALL_FEED, Kind, Sheet

FEED_LENGTH = 20
_MORE_FOR_GAPS = 8
"""So many items more are looked up where some may have left the list since."""

Printed = tuple[str, bytes]
"""An address, and what is read there."""


class Cards(Protocol):
    """The cards of everything published."""

    def cards(self, articles: Iterable[str]) -> Mapping[str, Card]:
        """Return the cards of items."""


def print_item(renderer: Renderer, item: Item) -> Iterator[Printed]:
    """Print the pages of an item: in each language, at each address at which it answers."""
    for language in LANGUAGES:
        page = item_page.item_page(renderer, language, item)
        yield from ((address, page) for address in item.addresses(language))


class ListPrinter:
    """Prints sheets: the same catalogue and cards always give the same bytes."""

    def __init__(self, renderer: Renderer, catalogue: Catalogue, cards: Cards) -> None:
        self._renderer = renderer
        self._catalogue = catalogue
        self._cards = cards
        self._prints: Mapping[Kind, Callable[[Sheet], bytes]] = {
            Kind.FRONT: self._front,
            Kind.ARCHIVE: self._archived,
            Kind.HOME: self._home,
            Kind.FEED: self._feed,
            Kind.MONTH: self._month,
            Kind.SITEMAP: self._sitemap,
            Kind.PROOF: lambda sheet: standing_pages.proof_page(renderer, sheet.language),
            Kind.SITE_MAP: lambda sheet: standing_pages.site_map_page(renderer, sheet.language),
            Kind.NOT_FOUND: lambda sheet: standing_pages.not_found_page(renderer, sheet.language),
            Kind.ROBOTS: lambda _: machine_pages.robots(renderer.site),
            Kind.VERIFIER: lambda _: machine_pages.verifier(),
        }

    def print_all(self, sheets: Iterable[Sheet]) -> Iterator[Printed]:
        """Print sheets one after the other."""
        return ((sheet.address(), self._prints[sheet.kind](sheet)) for sheet in sheets)

    def _front(self, sheet: Sheet) -> bytes:
        shelf = self._catalogue.shelf(sheet.subject, sheet.language)
        cards = self._shown(shelf.front(), sheet.subject, sheet.language)
        older = shelf.pages - 2 if shelf.pages > 2 else None  # noqa: PLR2004 - the front shows the newest two pages
        return list_pages.front_page(self._renderer, sheet.language, sheet.subject, cards, older)

    def _archived(self, sheet: Sheet) -> bytes:
        shelf = self._catalogue.shelf(sheet.subject, sheet.language)
        cards = self._shown(shelf.page(sheet.number), sheet.subject, sheet.language)
        page, newer = (sheet.subject, sheet.number), shelf.pages > sheet.number
        return list_pages.archive_page(self._renderer, sheet.language, page, cards, newer=newer)

    def _home(self, sheet: Sheet) -> bytes:
        def newest(section: str, count: int) -> Sequence[Card]:
            slots = self._catalogue.shelf(section, sheet.language).newest(count + _MORE_FOR_GAPS)
            return [card for card in self._shown(slots, section, sheet.language) if not card.withdrawn][:count]

        return home_page.home_page(self._renderer, sheet.language, newest)

    def _feed(self, sheet: Sheet) -> bytes:
        slots = self._catalogue.shelf(sheet.subject, sheet.language).newest(FEED_LENGTH)
        cards = self._shown(slots, sheet.subject, sheet.language)
        facts = self._renderer.site.profile.facts
        name = facts["name"][sheet.language]
        if sheet.subject != EVERYTHING:
            name = f"{self._renderer.site.profile.section(sheet.subject).name[sheet.language]} – {name}"
        address = feed_address(sheet.language, sheet.subject or ALL_FEED)
        return machine_pages.feed(self._renderer, sheet.language, address, name, cards)

    def _month(self, sheet: Sheet) -> bytes:
        return machine_pages.sitemap_part(self._renderer.site, self._catalogue.located(sheet.subject))

    def _sitemap(self, _: Sheet) -> bytes:
        months = [(month, self._catalogue.located(month)) for month in sorted(self._catalogue.months)]
        changed = [(month, max(one.last_changed for one in located)) for month, located in months if located]
        return machine_pages.sitemap_index(self._renderer.site, changed)

    def _shown(self, articles: Sequence[str], section: str, language: str) -> list[Card]:
        cards = self._cards.cards(articles)
        return [card for article in articles if (card := cards[article]).shown_in(section, language)]
