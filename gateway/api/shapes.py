"""The shapes of everything the API answers, with examples for its documentation."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field

from gateway import addresses
from gateway.cards import Card
from gateway.items import Edition, Item, Withdrawal
from gateway.pages.site import Site
from gateway.profile import Section

_ARTICLE = "0b7c9a52-4f0e-5c7d-9a43-6c8f4d0e1a11"
_HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_SUMMARY: dict[str, Any] = {
    "id": _ARTICLE,
    "kind": "legal-document",
    "section": "van-ban-phap-luat",
    "languages": ["vi"],
    "title": {"vi": "Kiện toàn Ban Biên tập Cổng thông tin điện tử tỉnh"},
    "summary": {"vi": "Ban Biên tập gồm Trưởng ban, Phó Trưởng ban Thường trực…"},
    "author": "",
    "source": "UBND tỉnh Bình Phước",
    "publisher": "Cổng thông tin điện tử tỉnh Bình Phước",
    "first_published": "2026-03-02T01:30:00Z",
    "last_changed": "2026-03-02T01:30:00Z",
    "edition": 1,
    "withdrawn": False,
    "licence": "Ghi rõ tác giả, nguồn và thời gian đăng khi sử dụng lại (QC2024 Đ7.10).",
    "content_hash": _HASH,
    "log_entry": "content/42",
    "pages": {"vi": "https://binhphuoc.example/vi/van-ban-phap-luat/kien-toan-0b7c9a52"},
    "data": "https://binhphuoc.example/api/v1/articles/" + _ARTICLE,
}


class Summary(BaseModel):
    """An item in few words, with all that QC2024 Đ7.10 asks whoever uses it again to name."""

    model_config = ConfigDict(json_schema_extra={"examples": [_SUMMARY]})

    id: str = Field(description="identifier of the item (UUID)")
    kind: str = Field(description="news, announcement, direction, legal-document, introduction; treat others as news")
    section: str = Field(description="slug of the section")
    languages: list[str] = Field(description="languages in which it can be read")
    title: dict[str, str] = Field(description="by language")
    summary: dict[str, str] = Field(description="by language")
    author: str
    source: str
    publisher: str
    first_published: datetime
    last_changed: datetime
    edition: int = Field(description="1 is the first; later ones are corrections")
    withdrawn: bool
    licence: str
    content_hash: str = Field(description="SHA-256 over the canonical JSON of `content`")
    log_entry: str = Field(description="place of the current edition in the public log")
    pages: dict[str, str] = Field(description="addresses of its pages, by language")
    data: str = Field(description="address of the whole item as data")

    @classmethod
    def of(cls, card: Card, site: Site) -> Self:
        """Describe an item."""
        return cls(
            id=card.article,
            kind=card.kind,
            section=card.section,
            languages=list(card.languages),
            title=dict(card.titles),
            summary=dict(card.summaries),
            author=card.author,
            source=card.source,
            publisher=site.profile.facts["name"]["vi"],
            first_published=card.first_published_at,
            last_changed=card.last_changed_at,
            edition=card.edition,
            withdrawn=card.withdrawn,
            licence=site.profile.facts["licence"]["vi"],
            content_hash=card.content_hash,
            log_entry=card.entry,
            pages={language: site.absolute(card.address(language)) for language in card.languages},
            data=site.absolute(f"/api/v1/articles/{card.article}"),
        )


class Summaries(BaseModel):
    """A page of items, newest first, or best first when something was sought."""

    items: list[Summary]
    total: int
    page: int
    next: str | None = Field(description="address of the next page; null on the last")


class Told(BaseModel):
    """Something that happened to an item in public."""

    kind: str = Field(description="edition or withdrawal")
    log_entry: str
    at: datetime
    by: str = Field(description="capacity that acted")
    on_behalf_of: str | None
    decision: str | None = Field(description="number of the decision that delegated it")
    clause: str
    note: dict[str, str] = Field(description="change note or explanation, by language")
    edition: int | None = None
    content_hash: str | None = None
    content: dict[str, Any] | None = Field(default=None, description="everything that was approved, byte for byte")

    @classmethod
    def of(cls, happening: Edition | Withdrawal, content: Mapping[str, Any] | None) -> Self:
        """Describe an edition, with its content as it was told, or a withdrawal."""
        said = happening.said
        shared: dict[str, Any] = {
            "log_entry": happening.entry,
            "at": said.at,
            "by": said.capacity,
            "on_behalf_of": said.on_behalf_of,
            "clause": said.clause,
        }
        if isinstance(happening, Withdrawal):
            return cls(kind="withdrawal", decision=None, note=dict(happening.said.explanation), **shared)
        edition = happening.said
        return cls(
            kind="edition",
            decision=edition.delegation,
            note=dict(edition.change_note),
            edition=edition.edition,
            content_hash=edition.content_hash,
            content=dict(content or {}),
            **shared,
        )


class Whole(Summary):
    """An item with its content and its whole public history."""

    content: dict[str, Any] = Field(description="the current edition; canonical JSON of it has `content_hash`")
    files: dict[str, str] = Field(description="addresses of its pictures and attachments, by SHA-256")
    history: list[Told] = Field(description="oldest first")
    proof: str = Field(description="address of the proof that the current edition is in the log")

    @classmethod
    def of_item(cls, item: Item, contents: Mapping[str, Mapping[str, Any]], site: Site) -> Self:
        """Describe an item; `contents` are the editions' contents as they were told, by log entry."""
        summary = Summary.of(Card.of(item), site)
        return cls(
            **summary.model_dump(),
            content=dict(contents[item.current.entry]),
            files=_files(item, site),
            history=[Told.of(happening, contents.get(happening.entry)) for happening in item.history],
            proof=site.absolute(f"/api/v1/log/proof?entry={quote(item.current.entry)}"),
        )


class SectionShape(BaseModel):
    """A section of the portal."""

    slug: str
    name: dict[str, str]
    about: dict[str, str]
    kinds: list[str]
    open: bool
    pages: dict[str, str]
    feeds: dict[str, str]

    @classmethod
    def of(cls, section: Section, site: Site) -> Self:
        """Describe a section."""
        return cls(
            slug=section.slug,
            name=dict(section.name),
            about=dict(section.about),
            kinds=list(section.kinds),
            open=section.until is None,
            pages={each: site.absolute(addresses.section(each, section.slug)) for each in addresses.LANGUAGES},
            feeds={each: site.absolute(addresses.feed(each, section.slug)) for each in addresses.LANGUAGES},
        )


class Sections(BaseModel):
    """All sections, in the order of the menu."""

    items: list[SectionShape]


class Events(BaseModel):
    """Public events in order, as CloudEvents 1.0."""

    events: list[dict[str, Any]]
    next: str | None = Field(description="address of what follows; null when this was all, for now")


class Problem(BaseModel):
    """RFC 9457: what went wrong."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    correlation: str = Field(description="tell us this number when you report it")
    errors: list[dict[str, str]] | None = Field(default=None, description="which parameter is wrong, and why")


def _files(item: Item, site: Site) -> dict[str, str]:
    content = item.content
    files = {each.file: addresses.download(each.file, each.name) for each in content.attachments}
    for picture in content.pictures.values():
        for file in (picture.file, *(file for _, file in picture.variants)):
            files[file] = addresses.picture(file, picture.media_type)
    return {file: site.absolute(address) for file, address in files.items()}
