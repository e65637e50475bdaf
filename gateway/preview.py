"""The page of an item as it would be baked, for staff who have not published it yet."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from mimetypes import guess_type
from typing import Any
from uuid import UUID

from gateway.items import Edition, Item
from gateway.pages import item_page
from gateway.pages.rendering import OTHER, Renderer
from gateway.pages.site import Site
from infra.kernel.canonical import content_hash
from infra.kernel.offices import STANDING_DEPUTY
from infra.settings import Settings
from services.content.messages import ArticlePublished, Content

ASSETS = "/preview"
"""Style sheets, fonts and drawings stand below this address of the staff pages."""


class Preview:
    """Shows with the very templates of the press what an item holds now, as if it were published at an instant."""

    def __init__(self, site: Site) -> None:
        self._site = replace(site, assets=site.assets.below(ASSETS))
        self._renderer = Renderer(self._site)

    def page(self, language: str, article: UUID, record: Mapping[str, Any], at: datetime) -> bytes:
        """Return the page of the content in a language; where there is no translation, the page that says so."""
        item = Item((Edition(0, "content/0", _as_if_published(article, record, at)),))
        if language not in item.languages:
            return item_page.item_page(self._renderer, language, item)
        values = {**item_page.shown(self._renderer, language, item), "there": OTHER[language]}
        return self._renderer.page("preview.html", language, **values)

    def asset(self, address: str) -> tuple[bytes, str] | None:
        """Return an asset and its media type, or None when there is none at the address."""
        data = self._site.assets.files.get(address)
        return None if data is None else (data, guess_type(address)[0] or "application/octet-stream")


def create() -> Preview:
    """Build it from the settings, as `ITEM_PREVIEW` names it."""
    settings = Settings()
    return Preview(Site.load(settings.profile_dir, settings.public_url))


def _as_if_published(article: UUID, record: Mapping[str, Any], at: datetime) -> ArticlePublished:
    content = Content.read(record)
    return ArticlePublished(
        article=article,
        at=at,
        edition=1,
        first_published_at=at,
        capacity=STANDING_DEPUTY,
        on_behalf_of=None,
        delegation=None,
        clause="QC2024 Đ10.1b-3",
        slugs=dict.fromkeys(content.texts, str(article)),
        change_note={},
        content=content,
        content_hash=content_hash(content.as_record()),
    )
