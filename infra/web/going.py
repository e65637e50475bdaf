"""Going on to another page, for browsers and for our own scripts."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response


def see_other(request: Request, address: str) -> Response:
    """Redirect. Scripts would follow silently and take the message that is shown once: they are told where to go."""
    if "hx-request" in request.headers:
        return Response(headers={"hx-redirect": address})
    if "x-upload" in request.headers:
        return Response(headers={"x-location": address})
    return RedirectResponse(address, 303)
