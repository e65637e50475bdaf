"""What machines read: Atom feeds, the sitemap in monthly parts, robots.txt, and the verifier of receipts."""

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from gateway import addresses
from gateway.cards import Card
from gateway.catalogue import Located
from gateway.pages.rendering import Renderer
from gateway.pages.site import Site
from services.audit.messages import VERIFIER

_EPOCH = "1970-01-01T00:00:00+00:00"
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


def feed(renderer: Renderer, language: str, address: str, name: str, cards: Sequence[Card]) -> bytes:
    """Bake a feed; it was updated when the item changed last that it shows."""
    updated = max((card.last_changed_at.isoformat(timespec="seconds") for card in cards), default=_EPOCH)
    return renderer.page("feed.xml", language, here=address, name=name, cards=cards, updated=updated)


def sitemap_part(site: Site, located: Sequence[Located]) -> bytes:
    """Bake a month of the sitemap, each page with its other language."""
    lines = [
        f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{_SITEMAP}" xmlns:xhtml="http://www.w3.org/1999/xhtml">',
        *(_located(site, one, address) for one in located for _, address in one.addresses),
        "</urlset>\n",
    ]
    return "\n".join(lines).encode()


def sitemap_index(site: Site, months: Sequence[tuple[str, str]]) -> bytes:
    """Bake the list of the sitemap's parts: (month, last change)."""
    lines = [
        f'<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex xmlns="{_SITEMAP}">',
        *(
            f"<sitemap><loc>{escape(site.absolute(addresses.sitemap(month)))}</loc><lastmod>{changed}</lastmod></sitemap>"
            for month, changed in months
        ),
        "</sitemapindex>\n",
    ]
    return "\n".join(lines).encode()


def robots(site: Site) -> bytes:
    """Tell search engines what they need not visit: search results, and what is meant for programs."""
    rules = ["User-agent: *", "Disallow: /vi/search", "Disallow: /en/search", "Disallow: /api/", ""]
    return "\n".join([*rules, f"Sitemap: {site.absolute('/sitemap.xml')}", ""]).encode()


def verifier() -> bytes:
    """Bake the program that checks receipts without the portal: the very file that reviewers find in the source."""
    return VERIFIER.read_bytes()


def _located(site: Site, located: Located, address: str) -> str:
    others = "".join(
        f'<xhtml:link rel="alternate" hreflang="{language}" href={quoteattr(site.absolute(there))}/>'
        for language, there in located.addresses
        if len(located.addresses) > 1
    )
    place = escape(site.absolute(address))
    return f"<url><loc>{place}</loc><lastmod>{located.last_changed}</lastmod>{others}</url>"
