"""Leading on whoever is signed in already, and noticing who is sent back here at once.

Each part of the pages knows sessions from its own copy of the board's events. A part that has not heard of an account yet
sends its owner to sign in, where they are signed in already: without this the browser would be sent to and fro.
"""

from starlette.responses import RedirectResponse, Response

from infra.kernel.ids import natural_id
from infra.web.cookies import drop_cookie, set_cookie
from infra.web.page import Page

_COOKIE = "led_on"
_SECONDS = 10
"""Longer than it takes to be sent back, shorter than until one follows the same link again."""
_RETRY_AFTER_S = 5


def lead_on(page: Page, address: str) -> Response:
    """Go on to the address; whoever is back from there already is told that it does not know the session yet (503)."""
    secure, mark = page.kit.house.encrypted, natural_id("board.led_on", address).hex
    if page.request.cookies.get(_COOKIE) != mark:
        set_cookie(page.request, _COOKIE, mark, secure=secure, seconds=_SECONDS)
        return RedirectResponse(address, 303)
    drop_cookie(page.request, _COOKIE, secure=secure)
    told = page.render("not_known_there.html", 503, address=address)
    told.headers["retry-after"] = str(_RETRY_AFTER_S)
    return told
