"""The province as readers see it: names, contact, sections and titles of offices, read from its profile."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo

from infra.profile import read_profile

Words = Mapping[str, str]
"""The same words in each language."""


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the portal (QC2024 Đ4.3a); `until` is set once it has ended and left the menu."""

    slug: str
    name: Words
    about: Words
    kinds: tuple[str, ...]
    languages: tuple[str, ...] = ("vi", "en")
    until: date | None = None

    @classmethod
    def read(cls, record: Mapping[str, Any]) -> Self:
        """Read a `[[section]]` of `sections.toml`."""
        return cls(
            slug=record["slug"],
            name=record["name"],
            about=record["about"],
            kinds=tuple(record["kinds"]),
            languages=tuple(record["languages"]),
            until=record.get("until"),
        )

    @classmethod
    def unknown(cls, slug: str) -> Self:
        """Stand in for a section that an item names and the profile does not."""
        return cls(slug, {"vi": slug, "en": slug}, {"vi": "", "en": ""}, ("news",))


@dataclass(frozen=True, slots=True)
class Title:
    """How an office is called from a day on."""

    capacity: str
    since: date
    words: Words


@dataclass(frozen=True, slots=True)
class Profile:
    """All that the pages know of the province. `facts` are the texts of `portal.toml` by name and language."""

    facts: Mapping[str, Words]
    email: str
    timezone: ZoneInfo
    sections: tuple[Section, ...]
    titles: tuple[Title, ...]

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read the profile of one province from its folder; raises `FileNotFoundError` when there is none."""
        portal = read_profile(folder, "portal")
        return cls(
            facts={name: words for name, words in portal.items() if isinstance(words, dict)},
            email=portal["email"],
            timezone=ZoneInfo(portal["timezone"]),
            sections=tuple(Section.read(record) for record in read_profile(folder, "sections")["section"]),
            titles=_titles(folder),
        )

    @property
    def open_sections(self) -> tuple[Section, ...]:
        """The sections that have not ended."""
        return tuple(section for section in self.sections if section.until is None)

    def menu(self, language: str) -> tuple[Section, ...]:
        """Return the open sections that are kept in a language."""
        return tuple(section for section in self.open_sections if language in section.languages)

    def section(self, slug: str) -> Section:
        """Return a section by its slug, ended ones included."""
        return next((section for section in self.sections if section.slug == slug), Section.unknown(slug))

    def title(self, capacity: str, language: str, on: date) -> str:
        """Return how an office was called on a day; its own name when the profile does not know it."""
        known = [title for title in self.titles if title.capacity == capacity]
        then = [title for title in known if title.since <= on] or known[:1]
        return max(then, key=lambda title: title.since).words[language] if then else capacity


def _titles(folder: Path) -> tuple[Title, ...]:
    offices = read_profile(folder, "board")["office"]
    return tuple(Title(office["capacity"], office["since"], office["title"]) for office in offices)
