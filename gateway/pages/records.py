"""The record of an item's publication, told four ways: for readers, Dublin Core, Open Graph and JSON-LD."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from gateway.items import Edition, Item, Withdrawal
from gateway.pages.rendering import OTHER, Renderer, narrowest_from
from infra.web.languages import msg

Meta = tuple[str, str]


class Told(NamedTuple):
    """One line of an item's public history, newest first on the page."""

    kind: str
    entry: str
    at: Any
    words: str
    words_language: str
    edition: int
    by: str


class Records:
    """Tells the record of items in one language."""

    def __init__(self, renderer: Renderer, language: str) -> None:
        self._renderer = renderer
        self._site = renderer.site
        self._language = language

    def published_by(self, said: Any) -> str:
        """Say which office published, and for which office under which decision."""
        office = self._title(said.capacity, said)
        if said.on_behalf_of is None:
            return self._say(msg("Published by {office}")).format(office=office)
        giver = self._title(said.on_behalf_of, said)
        number = getattr(said, "delegation", None)
        if not number:
            return self._say(msg("Published by {office} for {giver}")).format(office=office, giver=giver)
        sentence = self._say(msg("Published by {office} for {giver}, decision {number}"))
        return sentence.format(office=office, giver=giver, number=number)

    def withdrawn_by(self, said: Any) -> str:
        """Say which office withdrew the item, and for which office."""
        office = self._title(said.capacity, said)
        if said.on_behalf_of is None:
            return self._say(msg("Withdrawn by {office}")).format(office=office)
        giver = self._title(said.on_behalf_of, said)
        return self._say(msg("Withdrawn by {office} for {giver}")).format(office=office, giver=giver)

    def citation(self, item: Item) -> str:
        """Say how to cite the item, as whoever uses it again must (QC2024 Đ7.10): author, source, time."""
        day = self._site.formats(self._language).moment(item.first.said.first_published_at)
        _, text = item.text(self._language)
        parts = [
            item.content.author,
            f"“{text.title}”",
            self.publisher,
            day,
            self._site.absolute(item.address(self._language)),
        ]
        return ", ".join(part for part in parts if part) + "."

    @property
    def publisher(self) -> str:
        """The portal's name."""
        return self._site.profile.facts["name"][self._language]

    def history(self, item: Item) -> list[Told]:
        """Return the public history of an item, newest first."""
        return [self._told(happening) for happening in reversed(item.history)]

    def dublin_core(self, item: Item) -> list[Meta]:
        """Return the elements of Dublin Core; mandatory ones are never empty (TT 24/2011)."""
        found, text = item.text(self._language)
        content, said = item.content, item.first.said
        elements = [
            ("DC.title", text.title),
            ("DC.creator", content.author or content.source or self.publisher),
            ("DC.date", said.first_published_at.isoformat(timespec="seconds")),
            ("DC.description", text.summary or text.title),
            ("DC.publisher", self.publisher),
            ("DC.identifier", f"urn:uuid:{item.article}"),
            ("DC.language", found),
            ("DC.source", content.source),
            ("DC.subject", self._site.profile.section(item.section).name[self._language]),
            ("DC.type", "Text"),
            ("DC.format", "text/html"),
            ("DC.rights", self._site.profile.facts["licence"][self._language]),
        ]
        return [(name, value) for name, value in elements if value]

    def open_graph(self, item: Item) -> list[Meta]:
        """Return what social networks show of a shared link."""
        found, text = item.text(self._language)
        section = self._site.profile.section(item.section).name[self._language]
        meta = [
            ("og:type", "article"),
            ("og:title", text.title),
            ("og:description", text.summary),
            ("og:url", self._site.absolute(item.address(self._language))),
            ("og:site_name", self.publisher),
            ("og:locale", {"vi": "vi_VN", "en": "en_GB"}[found]),
            ("article:published_time", item.first.said.first_published_at.isoformat(timespec="seconds")),
            ("article:modified_time", item.history[-1].said.at.isoformat(timespec="seconds")),
            ("article:section", section),
        ]
        return [*meta, *self._picture_meta(item)]

    def json_ld(self, item: Item) -> dict[str, Any]:
        """Return the item as schema.org's NewsArticle."""
        found, text = item.text(self._language)
        content = item.content
        publisher = {"@type": "GovernmentOrganization", "name": self.publisher, "url": self._site.public_url + "/"}
        author = {"@type": "Person", "name": content.author} if content.author else publisher
        record: dict[str, Any] = {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": text.title,
            "description": text.summary,
            "inLanguage": found,
            "identifier": f"urn:uuid:{item.article}",
            "mainEntityOfPage": self._site.absolute(item.address(self._language)),
            "datePublished": item.first.said.first_published_at.isoformat(timespec="seconds"),
            "dateModified": item.history[-1].said.at.isoformat(timespec="seconds"),
            "version": item.current.said.edition,
            "author": author,
            "publisher": publisher,
            "isAccessibleForFree": True,
        }
        pictures = [value for name, value in self._picture_meta(item) if name == "og:image"]
        return {**record, "image": pictures} if pictures else record

    def _picture_meta(self, item: Item) -> Iterator[Meta]:
        content = item.content
        cover = content.pictures.get(content.cover) if content.cover else None
        if cover is not None:
            yield "og:image", self._site.absolute(narrowest_from(cover, 1200))
            yield "og:image:alt", content.cover_alt.get(self._language, "")

    def _told(self, happening: Edition | Withdrawal) -> Told:
        if isinstance(happening, Withdrawal):
            language, words = self._words(happening.said.explanation)
            by = self.withdrawn_by(happening.said)
            return Told("withdrawn", happening.entry, happening.said.at, words, language, 0, by)
        language, words = self._words(happening.said.change_note)
        said, by = happening.said, self.published_by(happening.said)
        return Told("edition", happening.entry, said.at, words, language, said.edition, by)

    def _title(self, capacity: str, said: Any) -> str:
        day = said.at.astimezone(self._site.profile.timezone).date()
        return self._site.profile.title(capacity, self._language, day)

    def _words(self, words: Any) -> tuple[str, str]:
        """Return words in the page's language, or in the one there is, with that language."""
        for language in (self._language, OTHER[self._language]):
            if words.get(language):
                return language, words[language]
        return self._language, ""

    def _say(self, words: str) -> str:
        return self._renderer.say(self._language, words)
