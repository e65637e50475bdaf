"""Going on to another page, for browsers and for our own scripts, and never to another site."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response


def see_other(request: Request, address: str) -> Response:
    """Redirect. Scripts would follow silently and take the message that is shown once: they are told where to go."""
    if "hx-request" in request.headers:
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
    host, _, path = request.headers.get("referer", "").partition("://")[2].partition("/")
    return own_address(f"/{path}") if host == request.headers.get("host") else "/"
