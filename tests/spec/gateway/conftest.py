from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from gateway.pages.rendering import Renderer
from gateway.pages.site import Site
from infra.messaging.envelope import Envelope
from tests.builders.published import everything

Bake = Callable[[Iterable[Envelope]], dict[str, bytes]]


@pytest.fixture(scope="session")
def renderer() -> Renderer:
    return Renderer(Site.load(Path("profiles/binh-phuoc"), "https://binhphuoc.example"))


@pytest.fixture(scope="session")
def bake(renderer: Renderer) -> Bake:
    """Bakes everything that events tell of, into memory: bytes by address."""

    return lambda events: dict(everything(renderer, events))
