"""A published item as readers see it: the fold of its public events, in whatever order and however often they were heard."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from gateway import addresses
from gateway.addresses import LANGUAGES
from infra.messaging.envelope import Envelope
from services.content.messages import (
    ARTICLE_WITHDRAWN,
    ArticlePublished,
    ArticleWithdrawn,
    Content,
    Text,
)

EVERYTHING = ""
"""The list of all sections together, as if it were a section."""
UNNAMED = "khac"
"""Where an item goes whose section cannot stand in an address."""


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of an item, and its place in the log, such as `content/42`."""

    position: int
    entry: str
    said: ArticlePublished


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """An item was withdrawn: its text stays, marked."""

    position: int
    entry: str
    said: ArticleWithdrawn


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """An item entered the list of a section in a language at a position of the log, and keeps that place for ever."""

    section: str
    language: str
    position: int


@dataclass(frozen=True, slots=True)
class Item:
    """A published item with its whole public history, oldest first; the first is always an edition."""

    history: tuple[Edition | Withdrawal, ...]

    @classmethod
    def told_by(cls, events: Iterable[Envelope]) -> Self | None:
        """Return the item that its events tell of, or None as long as no edition is among them."""
        by_position = {event.position: event for event in events}
        history = tuple(_happening(by_position[position]) for position in sorted(by_position))
        first = next((n for n, happening in enumerate(history) if isinstance(happening, Edition)), None)
        return None if first is None else cls(history[first:])

    @property
    def editions(self) -> tuple[Edition, ...]:
        """All editions, oldest first."""
        return tuple(happening for happening in self.history if isinstance(happening, Edition))

    @property
    def first(self) -> Edition:
        """The edition with which the item became public."""
        return self.editions[0]

    @property
    def current(self) -> Edition:
        """The edition that is public now."""
        return self.editions[-1]

    @property
    def withdrawal(self) -> Withdrawal | None:
        """The withdrawal that holds now, if any; a later edition ends it."""
        last = self.history[-1]
        return last if isinstance(last, Withdrawal) else None

    @property
    def article(self) -> UUID:
        """The identifier of the item."""
        return self.first.said.article

    @property
    def position(self) -> int:
        """The position of the last event that changed the item."""
        return self.history[-1].position

    @property
    def content(self) -> Content:
        """What stands in the current edition."""
        return self.current.said.content

    @property
    def section(self) -> str:
        """The section in which the item is now."""
        return _section(self.content)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages in which the current edition can be read."""
        return tuple(language for language in LANGUAGES if language in self.content.texts)

    def addresses(self, language: str) -> tuple[str, ...]:
        """Return every address at which the item answers in a language, the one to be used first.

        There is one in each language, translated or not. A later edition may move the item to another section, or bring
        the first translation and with it a slug of its own; the addresses before that go on answering.
        """
        sections = dict.fromkeys(_section(edition.said.content) for edition in reversed(self.editions))
        slugs = self._slugs(language)
        return tuple(addresses.item(language, section, slug) for slug in slugs for section in sections)

    def _slugs(self, language: str) -> tuple[str, ...]:
        """Return the item's own slug in a language and, if it was first published without, the one it was lent."""
        given = [edition.said.slugs for edition in self.editions]
        own = [slugs[language] for slugs in given if slugs.get(language)]
        lent = [slug for slug in given[0].values() if slug] if language not in given[0] else []
        usable = [slug for slug in (*own[:1], *lent[:1]) if addresses.is_slug(slug)]
        return tuple(dict.fromkeys(usable)) or (str(self.article),)

    def address(self, language: str) -> str:
        """Return the address of the item in a language."""
        return self.addresses(language)[0]

    def text(self, language: str) -> tuple[str, Text]:
        """Return the text in the wanted language, or in the one there is, with the language that it is in."""
        texts = self.content.texts
        found = language if language in texts else self.languages[0]
        return found, texts[found]

    @property
    def places(self) -> tuple[Place, ...]:
        """Every list that the item ever entered, the list of everything (`EVERYTHING`) included."""
        entered: dict[tuple[str, str], int] = {}
        for edition in self.editions:
            for key in _lists(edition.said.content):
                entered.setdefault(key, edition.position)
        return tuple(sorted(Place(section, language, position) for (section, language), position in entered.items()))


def _lists(content: Content) -> Iterable[tuple[str, str]]:
    return ((section, language) for language in content.texts for section in (_section(content), EVERYTHING))


def _section(content: Content) -> str:
    return content.section if addresses.is_slug(content.section) else UNNAMED


def _happening(event: Envelope) -> Edition | Withdrawal:
    if event.topic == ARTICLE_WITHDRAWN:
        return Withdrawal(event.position, event.id, ArticleWithdrawn.read(event.subject, event.data))
    return Edition(event.position, event.id, ArticlePublished.read(event.subject, event.data))
