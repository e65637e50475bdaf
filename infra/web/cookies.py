"""Cookies that any code during a request may set, whatever answer the handler then makes."""

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_KEY = "cookies_to_set"


class Cookies:
    """ASGI: writes the cookies of a request onto its answer. The last word about a cookie counts."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request; other kinds of traffic pass by."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        to_set: dict[str, str] = {}
        scope.setdefault("state", {})[_KEY] = to_set

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for line in to_set.values():
                    headers.append("set-cookie", line)
            await send(message)

        await self._app(scope, receive, answer)


def set_cookie(request: Request, name: str, value: str, *, secure: bool, seconds: int | None = None) -> None:
    """Set a cookie that scripts cannot read and other sites do not send; until the browser closes unless `seconds`."""
    written = Response()
    written.set_cookie(name, value, max_age=seconds, path="/", secure=secure, httponly=True, samesite="lax")
    getattr(request.state, _KEY)[name] = written.headers["set-cookie"]


def drop_cookie(request: Request, name: str, *, secure: bool) -> None:
    """Make the browser forget a cookie."""
    written = Response()
    written.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="lax")
    getattr(request.state, _KEY)[name] = written.headers["set-cookie"]
