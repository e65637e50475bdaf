"""The staff pages as one ASGI app: each service's part under its prefix, behind one door."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Depends, FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from infra.metrics.dependencies import Check, Need
from infra.web import health
from infra.web.cookies import Cookies
from infra.web.correlation import Correlation
from infra.web.error_pages import render_failure
from infra.web.errors import Faults, install
from infra.web.headers import SecurityHeaders
from infra.web.house import House
from infra.web.kit import Kit, MenuEntry, kit_for
from infra.web.language_switch import LanguageSwitch
from infra.web.page import StaffPage
from infra.web.parts import Part
from infra.web.rendering import STATIC
from infra.web.style_page import style_router


def staff_site(parts: Mapping[str, Part], house: House) -> FastAPI:
    """Mount parts under their prefixes (`{"/content": part}`), with static files, health and the start page.

    Each part's pages at the root (signing in, account, files) use its own words; errors there those of the first that
    has any.
    """
    kits = _with_menu([kit_for(prefix, part, house) for prefix, part in parts.items()])
    first = next((kit for kit in kits if kit.part.root is not None), kits[0])
    site = _app(first, "staff")
    site.add_middleware(LanguageSwitch, encrypted=house.encrypted)
    for middleware in (Cookies, Correlation):
        site.add_middleware(middleware)
    site.add_middleware(SecurityHeaders, encrypted=house.encrypted)
    health.add(site, needs(parts))
    site.mount("/static", _static(STATIC))
    site.include_router(_start(kits))
    site.include_router(style_router(), include_in_schema=False)
    for kit in kits:
        if kit.part.root is not None:
            site.include_router(kit.part.root, dependencies=[Depends(_lends(kit))])
        if any(item.path == "/" for item in kit.part.navigation):
            site.get(kit.prefix, include_in_schema=False)(_home_of(kit))
        site.mount(kit.prefix, staff_app(kit))
    return site


def needs(parts: Mapping[str, Part]) -> dict[str, Need]:
    """Return what the parts need, by name: what several need is there when each of them reaches it."""
    by_name: dict[str, list[Check]] = {}
    for part in parts.values():
        for name, check in part.readiness.items():
            by_name.setdefault(name, []).append(check)
    return {name: Need(partial(_all, checks)) for name, checks in by_name.items()}


def staff_app(kit: Kit) -> FastAPI:
    """Make the app of one part. Alone it lacks the door around it: serve it through `staff_site`."""
    app = _app(kit, kit.part.name)
    own_static = kit.part.home / "static"
    if own_static.is_dir():
        app.mount("/static", _static(own_static))
    app.include_router(kit.part.router)
    app.get("/openapi.json", include_in_schema=False)(_schema_of(app))
    return app


def _app(kit: Kit, title: str) -> FastAPI:
    app = FastAPI(title=title, openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.state.kit = kit
    app.add_middleware(Faults, render=render_failure)
    install(app, render_failure)
    return app


def _lends(kit: Kit) -> Callable[[Request], None]:
    def lend(request: Request) -> None:
        request.state.kit = kit

    return lend


def _schema_of(app: FastAPI) -> Any:
    def openapi(_page: StaffPage) -> Response:
        """Describe the part's addresses to whoever is signed in."""
        return JSONResponse(app.openapi())

    return openapi


def _all(checks: Sequence[Check]) -> bool:
    return all(check() for check in checks)


def _start(kits: Sequence[Kit]) -> APIRouter:
    router = APIRouter()

    def start(page: StaffPage) -> Response:
        """Go to the first page that the reader may use."""
        held = page.session.capacities
        menu = (entry for kit in kits[:1] for entry in kit.menu if entry.item.visible_to(held))
        entry = next(menu, None)
        return RedirectResponse(f"{entry.prefix}{entry.item.path}" if entry else "/account", 303)

    router.get("/", include_in_schema=False)(start)
    return router


def _home_of(kit: Kit) -> Callable[[], Response]:
    def home() -> Response:
        """Go to the part's first page also without the last stroke of its address."""
        return RedirectResponse(f"{kit.prefix}/", 308)

    return home


def _with_menu(kits: Sequence[Kit]) -> list[Kit]:
    menu = tuple(MenuEntry(kit.prefix, item, kit.catalogues) for kit in kits for item in kit.part.navigation)
    return [replace(kit, menu=menu) for kit in kits]


def _static(folder: Path) -> ASGIApp:
    # Only these are compressed: a compressed page would tell an eavesdropper of the token in it by its length.
    return GZipMiddleware(_Static(directory=folder), minimum_size=1000, compresslevel=6)


class _Static(StaticFiles):
    """Static files: those asked for by content (`?v=`) are kept for ever, others for an hour."""

    async def get_response(self, path: str, scope: Any) -> Response:
        """Return the file with how long it may be kept."""
        answer = await super().get_response(path, scope)
        by_content = scope["query_string"].startswith(b"v=")
        answer.headers["cache-control"] = (
            "public, max-age=31536000, immutable" if by_content else "public, max-age=3600"
        )
        return answer
