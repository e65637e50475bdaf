"""Items and sections as data."""

import json
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Path, Query

from gateway.api.problems import RESPONSES
from gateway.api.shapes import Sections, SectionShape, Summaries, Summary, Whole
from gateway.cards import Card
from gateway.items import Item
from gateway.pages.site import Site
from gateway.queries import Queries, Wanted
from gateway.search_index import IndexReader
from infra.messaging.envelope import Envelope
from infra.web.errors import NotFound

PAGE_SIZE = 20
PAGES_MOST = 5_000

Language = Annotated[
    str | None, Query(pattern="^(vi|en)$", description="language in which an item can be read", examples=["vi"])
]
SectionSlug = Annotated[str | None, Query(max_length=80, description="slug of a section", examples=["tin-tuc"])]
Sought = Annotated[
    str | None, Query(max_length=200, description="words, with or without accents", examples=["dong xoai"])
]
ArticleId = Annotated[UUID, Path(description="identifier of the item")]
PageNumber = Annotated[int, Query(ge=1, le=PAGES_MOST, description="pages count from one")]


class ArticleApi:
    """Answers what is asked about items and sections."""

    def __init__(self, site: Site, queries: Queries, index: IndexReader) -> None:
        self._site = site
        self._queries = queries
        self._index = index

    def router(self) -> APIRouter:
        """Every address about items and sections."""
        router = APIRouter(tags=["Articles"], responses=RESPONSES)
        router.get("/articles", summary="List or search items")(self.articles)
        router.get("/articles/{article}", summary="One item with its whole public history")(self.article)
        router.get("/sections", summary="The sections of the portal")(self.sections)
        return router

    def articles(
        self, lang: Language = None, section: SectionSlug = None, q: Sought = None, page: PageNumber = 1
    ) -> Summaries:
        """Return items newest first; with `q`, those with all its words, best first (in Vietnamese unless `lang` says else)."""
        found, total = self._found(lang, section, q, page)
        asked = {"lang": lang, "section": section, "q": q, "page": page + 1}
        query = urlencode({name: value for name, value in asked.items() if value})
        more = page * PAGE_SIZE < total and page < PAGES_MOST
        return Summaries(
            items=[Summary.of(card, self._site) for card in found],
            total=total,
            page=page,
            next=self._site.absolute(f"/api/v1/articles?{query}") if more else None,
        )

    def article(self, article: ArticleId) -> Whole:
        """Return an item: its current content, and every edition and withdrawal with its place in the log."""
        events = [Envelope.from_cloudevent(json.loads(told.json)) for told in self._queries.events_of(str(article))]
        item = Item.told_by(events)
        if item is None:
            raise NotFound
        contents = {event.id: event.data["content"] for event in events if "content" in event.data}
        return Whole.of_item(item, contents, self._site)

    def sections(self) -> Sections:
        """Return all sections, those that have ended included."""
        return Sections(items=[SectionShape.of(section, self._site) for section in self._site.profile.sections])

    def _found(self, lang: str | None, section: str | None, q: str | None, page: int) -> tuple[list[Card], int]:
        if not q:
            return self._queries.newest(Wanted(lang, section), page, PAGE_SIZE)
        found = self._index.find(q, lang or "vi", section, ((page - 1) * PAGE_SIZE, PAGE_SIZE))
        return list(found.cards), found.total
