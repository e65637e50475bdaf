"""Public events as content tells them, for tests of what readers see."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from gateway.cards import Card
from gateway.catalogue import Catalogue
from gateway.items import Item
from gateway.pages.rendering import Renderer
from gateway.press.printing import ListPrinter, print_item
from gateway.press.sheets import sheets_of_lists
from infra.kernel.canonical import content_hash
from infra.kernel.ids import natural_id
from infra.messaging.envelope import Envelope
from services.content.messages import ARTICLE_PUBLISHED, ARTICLE_WITHDRAWN

MORNING = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


def an_id(name: str) -> UUID:
    return natural_id("published", name)


def a_text(title: str = "Khởi công tuyến đường mới", summary: str = "Tóm tắt.", body: str = "<p>Nội dung.</p>") -> Any:
    return {"title": title, "summary": summary, "body": body}


def a_picture(file: str = "a" * 64) -> dict[str, Any]:
    variants = [{"width": 320, "file": "b" * 64}, {"width": 640, "file": "c" * 64}]
    return {"file": file, "media_type": "image/webp", "width": 1280, "height": 720, "variants": variants}


def a_content(**changes: Any) -> dict[str, Any]:
    fields = {
        "kind": "news",
        "section": "tin-tuc",
        "author": "Minh Anh",
        "source": "UBND tỉnh Bình Phước",
        "source_url": "",
        "cover": None,
        "cover_alt": {},
        "pictures": {},
        "attachments": [],
        "texts": {"vi": a_text()},
        "document": None,
    }
    return {**fields, **changes}


def published(
    position: int, name: str = "one", *, edition: int = 1, act: Mapping[str, Any] | None = None, **changes: Any
) -> Envelope:
    """An edition of the item `name`; further fields change its content, or `slugs` and `change_note` the event."""
    article, at = an_id(name), MORNING + timedelta(minutes=position)
    own = {key: changes.pop(key) for key in ("slugs", "change_note", "first_published_at") if key in changes}
    content = a_content(**changes)
    data = {
        "act": an_act("standing-deputy") if act is None else dict(act),
        "clause": "QC2024 Đ10.1b",
        "timestamp": at.isoformat(timespec="microseconds"),
        "edition": edition,
        "first_published_at": (MORNING + timedelta(hours=int(article) % 24)).isoformat(),
        "slugs": {language: f"{name}-{article.hex[:8]}-{language}" for language in ("vi", *content["texts"])},
        "change_note": {"vi": "Sửa số liệu."} if edition > 1 else {},
        "content": content,
        "content_hash": content_hash(content),
        **own,
    }
    return Envelope("content", position, ARTICLE_PUBLISHED, article, edition, at, data)


def withdrawn(position: int, name: str = "one", **explanation: str) -> Envelope:
    at = MORNING + timedelta(minutes=position)
    data = {
        "act": an_act("standing-deputy"),
        "clause": "QC2024 Đ6.8",
        "timestamp": at.isoformat(timespec="microseconds"),
        "explanation": explanation or {"vi": "Số liệu chưa được kiểm tra."},
    }
    return Envelope("content", position, ARTICLE_WITHDRAWN, an_id(name), 9, at, data)


def an_act(capacity: str, on_behalf_of: str | None = None, delegation: str | None = None) -> dict[str, str | None]:
    return {
        "account": str(an_id(capacity)),
        "capacity": capacity,
        "correlation": str(an_id("request")),
        "on_behalf_of": on_behalf_of,
        "delegation": delegation,
    }


def an_item(*events: Envelope) -> Item:
    item = Item.told_by(events or (published(1),))
    assert item is not None
    return item


def a_card(*events: Envelope) -> Card:
    return Card.of(an_item(*events))


def everything(renderer: Renderer, events: Iterable[Envelope]) -> list[tuple[str, bytes]]:
    """Every page, feed and sitemap that events tell of, with its address."""
    heard: dict[UUID, list[Envelope]] = {}
    for event in events:
        heard.setdefault(event.subject, []).append(event)
    items = [an_item(*told) for told in heard.values()]
    shelf, catalogue = Shelfful(items), Catalogue(renderer.site.profile.timezone)
    catalogue.take(shelf.by_article.values())
    lists = ListPrinter(renderer, catalogue, shelf).print_all(sheets_of_lists(catalogue, renderer.site.profile))
    return [*(page for item in items for page in print_item(renderer, item)), *lists]


class Shelfful:
    """The cards of items, kept in memory."""

    def __init__(self, items: Iterable[Item]) -> None:
        self.by_article = {str(item.article): Card.of(item) for item in items}

    def cards(self, articles: Iterable[str]) -> dict[str, Card]:
        return {article: self.by_article[article] for article in articles}
