"""What a list, a feed or a sitemap needs to know of an item; kept as one row for each item."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from gateway.addresses import LANGUAGES
from gateway.items import Item, Place
from services.content.messages import LegalDocument, Picture


@dataclass(frozen=True, slots=True)
class Card:
    """An item in few words. `entered` is the position of its first edition, `position` that of its last event.

    `places` are all lists that it ever entered; it is shown in those that `shown_in` confirms.
    """

    article: str
    entered: int
    position: int
    entry: str
    kind: str
    section: str
    addresses: Mapping[str, str]
    titles: Mapping[str, str]
    summaries: Mapping[str, str]
    cover: Picture | None
    cover_alt: Mapping[str, str]
    document: LegalDocument | None
    author: str
    source: str
    first_published_at: datetime
    last_changed_at: datetime
    edition: int
    content_hash: str
    withdrawn: bool
    places: tuple[Place, ...]

    @classmethod
    def of(cls, item: Item) -> Self:
        """Make the card of an item."""
        content = item.content
        return cls(
            article=str(item.article),
            entered=item.first.position,
            position=item.position,
            entry=item.current.entry,
            kind=content.kind,
            section=item.section,
            addresses={language: item.address(language) for language in LANGUAGES},
            titles={language: content.texts[language].title for language in item.languages},
            summaries={language: content.texts[language].summary for language in item.languages},
            cover=content.pictures.get(content.cover) if content.cover else None,
            cover_alt=content.cover_alt,
            document=content.document,
            author=content.author,
            source=content.source,
            first_published_at=item.first.said.first_published_at,
            last_changed_at=item.history[-1].said.at,
            edition=item.current.said.edition,
            content_hash=item.current.said.content_hash,
            withdrawn=item.withdrawal is not None,
            places=item.places,
        )

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> Self:
        """Read a card from its row."""
        fields = {name: row[name] for name in cls.__slots__ if name in row}
        return cls(
            **{
                **fields,
                "article": row["_id"],
                "cover": Picture.read(row["cover"]) if row["cover"] else None,
                "document": LegalDocument(**row["document"]) if row["document"] else None,
                "first_published_at": datetime.fromisoformat(row["first_published_at"]),
                "last_changed_at": datetime.fromisoformat(row["last_changed_at"]),
                "places": tuple(Place(*place) for place in row["places"]),
            }
        )

    def as_row(self) -> dict[str, Any]:
        """Return the fields of the card's row, besides key and position; instants as ISO texts, for nothing is lost then."""
        fields = {name: getattr(self, name) for name in self.__slots__ if name not in ("article", "position")}
        return {
            **fields,
            "languages": list(self.titles),
            "cover": _picture(self.cover) if self.cover else None,
            "document": {name: getattr(self.document, name) for name in LegalDocument.__slots__}
            if self.document
            else None,
            "first_published_at": self.first_published_at.isoformat(),
            "last_changed_at": self.last_changed_at.isoformat(),
            "places": [[place.section, place.language, place.position] for place in self.places],
        }

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages in which the item can be read."""
        return tuple(self.titles)

    def shown_in(self, section: str, language: str) -> bool:
        """Tell whether the item still stands in a list that it once entered."""
        return language in self.titles and section in ("", self.section)

    def address(self, language: str) -> str:
        """Return the address of the item's page in a language."""
        return self.addresses[language]


def _picture(picture: Picture) -> dict[str, Any]:
    return {
        "file": picture.file,
        "media_type": picture.media_type,
        "width": picture.width,
        "height": picture.height,
        "variants": [{"width": width, "file": file} for width, file in picture.variants],
    }
