"""`?lang=en` on any page: remembers the language and shows the same page in it."""

from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from infra.web.cookies import set_cookie
from infra.web.going import own_address
from infra.web.kit import LANGUAGE_COOKIE
from infra.web.languages import LANGUAGES

_YEAR_SECONDS = 365 * 24 * 60 * 60


class LanguageSwitch:
    """ASGI: answers a request that asks for a language; others pass by. Stands inside `Cookies`."""

    def __init__(self, app: ASGIApp, *, encrypted: bool) -> None:
        self._app = app
        self._encrypted = encrypted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        query = parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
        wanted = dict(query).get("lang")
        if scope["type"] != "http" or scope["method"] != "GET" or wanted not in LANGUAGES:
            await self._app(scope, receive, send)
            return
        set_cookie(Request(scope), LANGUAGE_COOKIE, wanted, secure=self._encrypted, seconds=_YEAR_SECONDS)
        rest = urlencode([(name, value) for name, value in query if name != "lang"])
        same_page = own_address(scope["path"] + (f"?{rest}" if rest else ""))
        await RedirectResponse(same_page, 303)(scope, receive, send)
