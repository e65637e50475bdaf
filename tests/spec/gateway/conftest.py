from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from gateway.catalogue import Catalogue
from gateway.pages.rendering import Renderer
from gateway.pages.site import Site
from gateway.press.printing import Printer
from gateway.press.sheets import Sheet, sheets_of_items, sheets_of_lists
from infra.messaging.envelope import Envelope
from tests.builders.published import Shelfful

Bake = Callable[[Iterable[Envelope]], dict[str, bytes]]


@pytest.fixture(scope="session")
def renderer() -> Renderer:
    return Renderer(Site.load(Path("profiles/binh-phuoc"), "https://binhphuoc.example"))


@pytest.fixture(scope="session")
def bake(renderer: Renderer) -> Bake:
    """Bakes everything that events tell of, into memory: bytes by address."""

    def baked(events: Iterable[Envelope]) -> dict[str, bytes]:
        shelf, catalogue = Shelfful(events), Catalogue(renderer.site.profile.timezone)
        cards = shelf.all_cards()
        catalogue.take(cards)
        printer = Printer(renderer, catalogue, shelf)
        sheets: list[Sheet] = [*sheets_of_items(cards), *sheets_of_lists(catalogue, renderer.site.profile)]
        return dict(printer.print_all(sheets))

    return baked
