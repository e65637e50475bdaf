"""What is baked besides the pages of items: each sheet is one file, named by what stands on it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from typing import NamedTuple

from gateway import addresses
from gateway.addresses import LANGUAGES
from gateway.cards import Card
from gateway.catalogue import Catalogue, Entered
from gateway.items import EVERYTHING
from gateway.profile import Profile

ALL_FEED = "all"
"""How the feed of everything is called, since a list of everything has no section."""


class Kind(Enum):
    """What stands on a sheet."""

    FRONT = "front"
    ARCHIVE = "archive"
    HOME = "home"
    FEED = "feed"
    MONTH = "month"
    SITEMAP = "sitemap"
    PROOF = "proof"
    SITE_MAP = "site-map"
    NOT_FOUND = "not-found"
    ROBOTS = "robots"
    VERIFIER = "verifier"


class Sheet(NamedTuple):
    """One file to bake. `subject` is a section's slug or a month; `number` counts pages."""

    kind: Kind
    language: str = ""
    subject: str = ""
    number: int = 0

    def address(self) -> str:
        """Return where the sheet is read."""
        return _ADDRESSES[self.kind](self)


def sheets_around(cards: Iterable[Card], catalogue: Catalogue, entered: Entered) -> list[Sheet]:
    """Name every file that changes when these items do, besides their own pages, each once: lists, home, feeds, the month's sitemap.

    `catalogue` already has the items; `entered` tells which lists they entered just now. The number of sheets does not
    grow with the archive, except for an item that comes later than others which entered after it.
    """
    changed = tuple(cards)
    sheets = dict.fromkeys(_sheets_moved(catalogue, entered))
    for card in changed:
        sheets.update(dict.fromkeys(_sheets_of_places(card, catalogue)))
        sheets[Sheet(Kind.MONTH, subject=catalogue.month_of(card))] = None
    if changed:
        sheets.update(dict.fromkeys([*(Sheet(Kind.HOME, language) for language in LANGUAGES), Sheet(Kind.SITEMAP)]))
    return list(sheets)


def sheets_of_lists(catalogue: Catalogue, profile: Profile) -> Iterator[Sheet]:
    """Name every file that is no page of an item."""
    for language in LANGUAGES:
        yield from (Sheet(kind, language) for kind in (Kind.HOME, Kind.PROOF, Kind.SITE_MAP, Kind.NOT_FOUND))
    sections = {(section.slug, language) for section in profile.sections for language in LANGUAGES}
    for section, language in sorted(sections | set(catalogue.shelves) | {(EVERYTHING, each) for each in LANGUAGES}):
        yield from _sheets_of_shelf(section, language, catalogue)
    yield from (Sheet(Kind.MONTH, subject=month) for month in sorted(catalogue.months))
    yield from (Sheet(kind) for kind in (Kind.SITEMAP, Kind.ROBOTS, Kind.VERIFIER))


def _sheets_of_places(card: Card, catalogue: Catalogue) -> Iterator[Sheet]:
    for place in card.places:
        yield Sheet(Kind.FEED, place.language, place.section)
        if place.section != EVERYTHING:
            yield Sheet(Kind.FRONT, place.language, place.section)
            pages = catalogue.shelf(place.section, place.language).pages_with(place.position)
            yield from (Sheet(Kind.ARCHIVE, place.language, place.section, number) for number in sorted(pages))


def _sheets_moved(catalogue: Catalogue, entered: Entered) -> Iterator[Sheet]:
    for (section, language), position in entered.items():
        if section != EVERYTHING:
            pages = catalogue.shelf(section, language).pages_from(position)
            yield from (Sheet(Kind.ARCHIVE, language, section, number) for number in pages)


def _sheets_of_shelf(section: str, language: str, catalogue: Catalogue) -> Iterator[Sheet]:
    yield Sheet(Kind.FEED, language, section)
    if section != EVERYTHING:
        yield Sheet(Kind.FRONT, language, section)
        pages = catalogue.shelf(section, language).pages
        yield from (Sheet(Kind.ARCHIVE, language, section, number) for number in range(1, pages + 1))


_ADDRESSES: Mapping[Kind, Callable[[Sheet], str]] = {
    Kind.FRONT: lambda sheet: addresses.section(sheet.language, sheet.subject),
    Kind.ARCHIVE: lambda sheet: addresses.archive(sheet.language, sheet.subject, sheet.number),
    Kind.HOME: lambda sheet: addresses.home(sheet.language),
    Kind.FEED: lambda sheet: addresses.feed(sheet.language, sheet.subject or ALL_FEED),
    Kind.MONTH: lambda sheet: addresses.sitemap(sheet.subject),
    Kind.SITEMAP: lambda _: "/sitemap.xml",
    Kind.PROOF: lambda sheet: addresses.proof_page(sheet.language),
    Kind.SITE_MAP: lambda sheet: addresses.site_map_page(sheet.language),
    Kind.NOT_FOUND: lambda sheet: addresses.not_found_page(sheet.language),
    Kind.ROBOTS: lambda _: "/robots.txt",
    Kind.VERIFIER: lambda _: addresses.VERIFIER,
}
