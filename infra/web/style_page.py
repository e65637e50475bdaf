"""A living page with every component, for whoever builds pages."""

from fastapi import APIRouter
from starlette.responses import Response

from infra.web.page import StaffPage


def style_router() -> APIRouter:
    """Return the router of `/style`."""
    router = APIRouter()
    router.get("/style")(_style)
    return router


def _style(page: StaffPage) -> Response:
    return page.render("web/style.html")
