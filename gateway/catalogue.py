"""The order of everything published: which item stands on which page of which list.

Pages are counted from the oldest item, so that a new one changes the newest page only; an item that leaves a list leaves
a gap behind, and nothing moves up.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from zoneinfo import ZoneInfo

from gateway.cards import Card

PAGE_SIZE = 20

Entered = Mapping[tuple[str, str], int]
"""Lists (section, language) that items have entered, each with the lowest position at which one did."""


class Slot(NamedTuple):
    """An item's place in a list: the position at which it entered, and which item it is."""

    position: int
    article: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """One list of items, oldest first."""

    slots: list[Slot] = field(default_factory=list)

    def take(self, slot: Slot) -> bool:
        """Put an item into its place; False for one that stands there already."""
        place = bisect_left(self.slots, slot)
        if self.slots[place : place + 1] == [slot]:
            return False
        self.slots.insert(place, slot)
        return True

    @property
    def pages(self) -> int:
        """The number of the newest page; pages count from one."""
        return -(-len(self.slots) // PAGE_SIZE)

    def page(self, number: int) -> list[str]:
        """Return the items of a page, newest first."""
        first = (number - 1) * PAGE_SIZE
        return [slot.article for slot in reversed(self.slots[first : first + PAGE_SIZE])]

    def front(self) -> list[str]:
        """Return what a section opens with, newest first: its newest page and the one before, so that it is never thin."""
        first = max(0, self.pages - 2) * PAGE_SIZE
        return [slot.article for slot in reversed(self.slots[first:])]

    def newest(self, count: int) -> list[str]:
        """Return the newest items, newest first."""
        return [slot.article for slot in reversed(self.slots[-count:])]

    def pages_with(self, position: int) -> set[int]:
        """Return the pages that change with the item that stands at a position.

        They are its own page and, if it begins that page, the one before, which now has a newer neighbour.
        """
        index = bisect_left(self.slots, Slot(position, ""))
        own = index // PAGE_SIZE + 1
        return {own, own - 1} if index % PAGE_SIZE == 0 and own > 1 else {own}

    def pages_from(self, position: int) -> range:
        """Return the pages that change when an item enters at a position: all after it move up by one place.

        That is one page, but for an item that comes later than others which entered after it.
        """
        return range(bisect_left(self.slots, Slot(position, "")) // PAGE_SIZE + 1, self.pages + 1)


@dataclass(frozen=True, slots=True)
class Located:
    """Where an item's pages are and when it last changed: a line of the sitemap."""

    entered: int
    addresses: tuple[tuple[str, str], ...]
    last_changed: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All lists and all months. A month holds every item that may be found by search engines, by its identifier."""

    timezone: ZoneInfo
    shelves: defaultdict[tuple[str, str], Shelf] = field(default_factory=lambda: defaultdict(Shelf))
    months: defaultdict[str, dict[str, Located]] = field(default_factory=lambda: defaultdict(dict))

    def take(self, cards: Iterable[Card]) -> Entered:
        """Bring cards into the order, and return which lists they entered; repeating it changes nothing."""
        entered: dict[tuple[str, str], int] = {}
        for card in cards:
            for place in card.places:
                name = place.section, place.language
                if self.shelves[name].take(Slot(place.position, card.article)):
                    entered[name] = min(place.position, entered.get(name, place.position))
            self._locate(card)
        return entered

    def shelf(self, section: str, language: str) -> Shelf:
        """Return a list, empty if nothing ever entered it."""
        return self.shelves.get((section, language), Shelf())

    def month_of(self, card: Card) -> str:
        """Return the month in which an item was first published, in the province's time: `2025-11`."""
        return card.first_published_at.astimezone(self.timezone).strftime("%Y-%m")

    def located(self, month: str) -> list[Located]:
        """Return what a part of the sitemap lists, oldest first."""
        return sorted(self.months.get(month, {}).values(), key=lambda located: located.entered)

    def _locate(self, card: Card) -> None:
        month = self.months[self.month_of(card)]
        if card.withdrawn:
            month.pop(card.article, None)
            return
        pages = tuple((language, card.address(language)) for language in card.languages)
        month[card.article] = Located(card.entered, pages, card.last_changed_at.isoformat(timespec="seconds"))
