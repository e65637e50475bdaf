"""Going on to another page, for browsers and for our own scripts, and never to another site."""

from urllib.parse import urlsplit

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
    parts = urlsplit(address)
    inside = address.startswith("/") and not address.startswith("//") and not parts.netloc
    return address if inside and "\\" not in address and address.isprintable() else "/"


def came_from(request: Request) -> str:
    """Return the page of this site from which the browser says it comes, else the start page."""
    parts = urlsplit(request.headers.get("referer", ""))
    if parts.netloc != request.headers.get("host"):
        return "/"
    return own_address(parts.path + (f"?{parts.query}" if parts.query else ""))
