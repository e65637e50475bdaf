"""Going on to another page, for browsers and for our own scripts, and never to another site."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response


def refreshes_itself(request: Request) -> bool:
    """Tell whether a page asks by itself for a newer part of it. That is all that htmx is used for."""
    return "hx-request" in request.headers


def see_other(request: Request, address: str) -> Response:
    """Redirect. Scripts would follow silently and take the message that is shown once: they are told where to go."""
    if refreshes_itself(request):
        return Response(headers={"hx-redirect": address})
    if "x-upload" in request.headers:
        return Response(headers={"x-location": address})
    return RedirectResponse(address, 303)


def own_address(address: str) -> str:
    """Return the address if it lies within this site, else the start page.

    >>> own_address("//elsewhere.example/"), own_address("/content/articles?page=2")
    ('/', '/content/articles?page=2')
    """
    inside = address.startswith("/") and not address.startswith("//")
    return address if inside and "\\" not in address and address.isprintable() else "/"


def came_from(request: Request) -> str:
    """Return the page of this site from which the browser says it comes, else the start page."""
    return _page_named(request, "referer")


def refreshed_page(request: Request) -> str:
    """Return the page of this site that asks for a newer part of it, else the start page."""
    return _page_named(request, "hx-current-url")


def _page_named(request: Request, header: str) -> str:
    host, _, path = request.headers.get(header, "").partition("://")[2].partition("/")
    return own_address(f"/{path}") if host == request.headers.get("host") else "/"
