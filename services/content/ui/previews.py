"""An item as readers will see it, before it is public: shown by whoever bakes the public pages."""

from collections.abc import Callable, Mapping
from datetime import datetime
from importlib import import_module
from typing import Any, Protocol
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from infra.event_store.errors import NotFound as NoAggregate
from infra.settings import WebSettings
from infra.web.errors import NotFound
from infra.web.page import StaffPage
from services.content.bootstrap import Desk
from services.content.messages import LANGUAGES
from services.content.ui import words


class Preview(Protocol):
    """What bakes public pages, asked to show one that is not public."""

    def page(self, language: str, article: UUID, record: Mapping[str, Any], at: datetime) -> bytes:
        """Return the page of the content in a language."""

    def asset(self, address: str) -> tuple[bytes, str] | None:
        """Return something that the page refers to, with its media type."""


def named_preview() -> Preview:
    """Build what the setting ITEM_PREVIEW names, as the staff pages themselves are named: content knows no gateway."""
    module, _, function = WebSettings().item_preview.partition(":")
    create: Callable[[], Preview] = getattr(import_module(module), function)
    return create()


class PreviewPages:
    """One page for each language."""

    def __init__(self, desk: Desk, preview: Preview) -> None:
        self._desk = desk
        self._preview = preview
        self.router, self.root = APIRouter(), APIRouter()
        self.router.get("/articles/{article_id}/preview/{language}")(self.one)
        self.root.get("/preview/static/{name}")(self.asset)

    def one(self, page: StaffPage, article_id: UUID, language: str) -> Response:
        """Show the present content of an item as its public page."""
        page.require(*words.NEWSROOM)
        if language not in LANGUAGES:
            raise NotFound
        try:
            item = self._desk.queries.item(article_id)
        except NoAggregate:
            raise NotFound from None
        html = self._preview.page(language, article_id, item.record, page.now)
        return Response(html, media_type="text/html; charset=utf-8")

    def asset(self, name: str) -> Response:
        """Give what the page refers to; it is public anyhow."""
        found = self._preview.asset(f"/preview/static/{name}")
        if found is None:
            raise NotFound
        data, media_type = found
        return Response(data, media_type=media_type, headers={"cache-control": "max-age=3600"})
