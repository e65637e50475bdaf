import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import httpx
import pytest
from starlette.responses import PlainTextResponse

from gateway.baked import CURRENT, BakedPages
from gateway.pages.rendering import Renderer
from gateway.pages.site import Site
from gateway.press.baking import bake
from infra.messaging.envelope import Envelope
from tests.builders.newsroom.serving import served
from tests.builders.published import a_text, everything, published

BOTH = {"vi": a_text("Khởi công"), "en": a_text("Work begins")}
ORIGIN = "http://portal.example"


@pytest.fixture(scope="session")
def renderer() -> Renderer:
    return Renderer(Site.load(Path("profiles/binh-phuoc"), ORIGIN))


def baked_site(site_dir: Path, renderer: Renderer, events: Iterable[Envelope] = ()) -> None:
    """Bakes what events tell of, as the press leaves it."""
    bake(site_dir / CURRENT, renderer.site.assets.files.items())
    bake(site_dir / CURRENT, everything(renderer, events))


@pytest.fixture(scope="session")
def baked(tmp_path_factory: pytest.TempPathFactory, renderer: Renderer) -> Path:
    folder = tmp_path_factory.mktemp("site")
    baked_site(folder, renderer, [published(1), published(2, "both", texts=BOTH)])
    return folder


@pytest.fixture
def site_dir(tmp_path: Path, baked: Path) -> Path:
    return Path(shutil.copytree(baked, tmp_path / "site"))


@pytest.fixture
def portal(site_dir: Path) -> Iterator[httpx.Client]:
    """A reader of the baked pages; what cannot be baked is answered by "live"."""
    with (
        served(lambda _: BakedPages(PlainTextResponse("live"), site_dir)) as address,
        httpx.Client(base_url=address) as reader,
    ):
        yield reader
