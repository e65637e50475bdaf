"""What the province's profile says about content: its sections and its register of official sources, by day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

from infra.profile import Entry, in_force, read_profile
from services.content.policy.facts import Standards

PROVINCE_TIME = ZoneInfo("Asia/Ho_Chi_Minh")
"""Days begin and end where the province is."""


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the portal: names by language, what kinds of item it holds, languages it must have."""

    slug: str
    name: Mapping[str, str]
    kinds: tuple[str, ...]
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ContentProfile:
    """Sections and sources with their dates."""

    section_entries: tuple[Entry, ...]
    source_entries: tuple[Entry, ...]

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read the profile from the province's folder."""
        sections, sources = read_profile(folder, "sections"), read_profile(folder, "sources")
        return cls(tuple(sections["section"]), tuple(sources["source"]))

    def sections(self, on: date) -> tuple[Section, ...]:
        """Return the sections of that day, in the order of the menu."""
        return tuple(
            Section(entry["slug"], entry["name"], tuple(entry["kinds"]), tuple(entry["languages"]))
            for entry in in_force(self.section_entries, on)
        )

    def sources(self, on: date) -> tuple[str, ...]:
        """Return the names of the official sources of that day, the newsroom itself first (QC2024 Đ7.6)."""
        entries = in_force(self.source_entries, on)
        return tuple(entry["name"] for entry in sorted(entries, key=lambda entry: not entry.get("self", False)))

    def standards(self, at: datetime) -> Standards:
        """Return what the portal allows at the instant."""
        day = at.astimezone(PROVINCE_TIME).date()
        kinds = {section.slug: frozenset(section.kinds) for section in self.sections(day)}
        return Standards(kinds, frozenset(self.sources(day)))
