"""The page of one item."""

from typing import Any

from gateway import addresses
from gateway.items import Item
from gateway.pages.bodies import body_for_page
from gateway.pages.records import Records
from gateway.pages.rendering import OTHER, Renderer

_KINDS = {
    "application/pdf": "PDF",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "DOCX",
    "application/vnd.oasis.opendocument.text": "ODT",
}


def item_page(renderer: Renderer, language: str, item: Item) -> bytes:
    """Bake the page of an item in a language; where there is no translation, it says so and offers the other language."""
    if language not in item.languages:
        return _without_translation(renderer, language, item)
    return renderer.page("item.html", language, **shown(renderer, language, item))


def shown(renderer: Renderer, language: str, item: Item) -> dict[str, Any]:
    """Return everything that the page of an item shows in a language that it has."""
    records = Records(renderer, language)
    content = item.content
    return {
        **_shared(renderer, language, item),
        "text": content.texts[language],
        "body": body_for_page(content.texts[language].body, content.pictures),
        "cover": content.pictures.get(content.cover) if content.cover else None,
        "records": records,
        "history": records.history(item),
        "attachments": [_attachment(attachment) for attachment in content.attachments],
        "meta": [*records.dublin_core(item), *records.open_graph(item)],
        "linked": records.json_ld(item),
    }


def _without_translation(renderer: Renderer, language: str, item: Item) -> bytes:
    found, text = item.text(OTHER[language])
    return renderer.page("untranslated.html", language, **_shared(renderer, language, item), found=found, text=text)


def _shared(renderer: Renderer, language: str, item: Item) -> dict[str, Any]:
    section = renderer.site.profile.section(item.section)
    return {
        "item": item,
        "section": section,
        "here": item.address(language),
        "there": item.address(OTHER[language]),
        "withdrawal": item.withdrawal,
        "trail": [(section.name[language], addresses.section(language, section.slug))],
    }


def _attachment(attachment: Any) -> dict[str, Any]:
    ending = attachment.name.rpartition(".")[2].upper()[:5]
    return {
        "name": attachment.name,
        "kind": _KINDS.get(attachment.media_type, ending),
        "size": attachment.size,
        "href": addresses.download(attachment.file, attachment.name),
    }
