"""Lists of a section: the newest items, and archive pages counted from the oldest."""

from collections.abc import Sequence

from gateway import addresses
from gateway.cards import Card
from gateway.pages.rendering import OTHER, Renderer


def front_page(renderer: Renderer, language: str, section_slug: str, cards: Sequence[Card], older: int | None) -> bytes:
    """Bake what a section opens with; `older` is the number of the archive page that continues it."""
    return renderer.page(
        "section.html",
        language,
        section=renderer.site.profile.section(section_slug),
        cards=cards,
        older=older,
        here=addresses.section(language, section_slug),
        there=addresses.section(OTHER[language], section_slug),
    )


def archive_page(
    renderer: Renderer, language: str, page: tuple[str, int], cards: Sequence[Card], *, newer: bool
) -> bytes:
    """Bake a page of a section's archive (slug, number); `newer` tells whether a newer page follows."""
    section_slug, number = page
    return renderer.page(
        "archive.html",
        language,
        section=renderer.site.profile.section(section_slug),
        cards=cards,
        number=number,
        newer=newer,
        here=addresses.archive(language, section_slug, number),
        there=addresses.section(OTHER[language], section_slug),
    )
