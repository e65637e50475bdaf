"""Pages that follow from the profile alone: how to check a page, the map of the portal, and "nothing here"."""

from gateway import addresses
from gateway.pages.rendering import OTHER, Renderer


def proof_page(renderer: Renderer, language: str) -> bytes:
    """Bake the page that tells, in plain words, how anybody can check a page."""
    here, there = addresses.proof_page(language), addresses.proof_page(OTHER[language])
    return renderer.page("proof.html", language, here=here, there=there)


def site_map_page(renderer: Renderer, language: str) -> bytes:
    """Bake the map of the portal for readers."""
    here, there = addresses.site_map_page(language), addresses.site_map_page(OTHER[language])
    return renderer.page("site_map.html", language, here=here, there=there)


def not_found_page(renderer: Renderer, language: str) -> bytes:
    """Bake the page that is shown, with status 404, where there is nothing."""
    here, there = addresses.not_found_page(language), addresses.home(OTHER[language])
    return renderer.page("not_found.html", language, here=here, there=there)
