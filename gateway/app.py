"""The public door: baked pages in front, and behind them the little that cannot be baked."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp

from gateway.api.articles import ArticleApi
from gateway.api.events import EventApi
from gateway.api.problems import add_problems, render
from gateway.api.proofs import Ask, ProofApi
from gateway.api.stream import EventStream
from gateway.baked import BakedPages
from gateway.pages.rendering import Renderer
from gateway.queries import Queries
from gateway.receipt_page import ReceiptPage
from gateway.receipts import Receipts
from gateway.search_index import IndexReader
from gateway.search_page import SearchPage
from infra.metrics.dependencies import MONGODB, RABBITMQ, Need
from infra.settings import Settings
from infra.web import health
from infra.web.correlation import Correlation
from infra.web.errors import Faults
from infra.web.headers import SecurityHeaders

_ABOUT = """Everything that the portal publishes, for programs.

Nothing here needs a key. Any web page may ask. Whoever uses information again names author, source and time of publication.
Failures are problem documents (RFC 9457).
"""


class Bus(Protocol):
    """Asks services; see `infra.messaging.rpc_client.RpcClient`."""

    @property
    def call(self) -> Ask:
        """Return the way to ask; see `Ask`."""

    @property
    def is_connected(self) -> bool:
        """Tell whether a call could be sent now."""

    async def __aenter__(self) -> Any:
        """Begin to connect."""

    async def __aexit__(self, *_: object) -> None:
        """Disconnect."""


@dataclass(frozen=True, slots=True)
class Portal:
    """What the gateway is made of."""

    renderer: Renderer
    queries: Queries
    index: IndexReader
    rpc: Bus
    settings: Settings


def create(portal: Portal) -> BakedPages:
    """Build the whole public door."""
    live = _live(portal)
    pages = BakedPages(_guarded(live), portal.settings.site_dir, encrypted=_encrypted(portal))
    health.add(live, needs(portal, pages.servable))
    _answers_as_they_are(live.openapi())
    return pages


def needs(portal: Portal, servable: Callable[[], bool]) -> Mapping[str, Need]:
    """Return what the public door needs: ready means that pages can be served, whatever else is away."""
    return {
        "pages": Need(servable),
        "search": Need(portal.index.there, vital=False),
        MONGODB: Need(portal.queries.answer, vital=False),
        RABBITMQ: Need(lambda: portal.rpc.is_connected, vital=False),
    }


def _live(portal: Portal) -> FastAPI:
    site = portal.renderer.site
    app = FastAPI(
        title=site.profile.facts["name"]["en"],
        version="1",
        description=_ABOUT,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_lifespan(portal.rpc),
        servers=[{"url": site.public_url}],
    )
    stream = EventStream(portal.queries.events_after)
    receipts = Receipts(site, portal.queries)
    apis = (
        ArticleApi(site, portal.queries, portal.index),
        EventApi(site, portal.queries, stream),
        ProofApi(portal.rpc.call, portal.queries.is_public, receipts),
    )
    for api in apis:
        app.include_router(api.router(), prefix="/api/v1")
    app.include_router(SearchPage(portal.renderer, portal.index).router())
    app.include_router(ReceiptPage(portal.renderer, receipts).router())
    app.get("/docs", include_in_schema=False, response_class=HTMLResponse)(_docs(app, portal.renderer))
    app.add_middleware(Faults, render=render)
    add_problems(app)
    return app


def _guarded(app: FastAPI) -> ASGIApp:
    open_to_all = CORSMiddleware(app, allow_origins=["*"], allow_methods=["GET"], allow_headers=["last-event-id"])
    return Correlation(SecurityHeaders(open_to_all, cache="no-cache", encrypted=False))


def _lifespan(rpc: Bus) -> Callable[[FastAPI], Any]:
    @asynccontextmanager
    async def connected(_: FastAPI) -> AsyncIterator[None]:
        async with rpc:
            yield

    return connected


def _answers_as_they_are(schema: dict[str, Any]) -> None:
    """Take out of the description what the framework adds by itself: a wrong parameter is answered with 400 here."""
    for operations in schema["paths"].values():
        for operation in operations.values():
            operation["responses"].pop("422", None)


def _docs(app: FastAPI, renderer: Renderer) -> Callable[[], HTMLResponse]:
    def docs() -> HTMLResponse:
        """Show the API to people; no script, nothing from elsewhere."""
        return HTMLResponse(renderer.page("docs.html", "en", schema=app.openapi(), here="/docs", there="/vi/"))

    return docs


def _encrypted(portal: Portal) -> bool:
    return portal.renderer.site.public_url.startswith("https://")
