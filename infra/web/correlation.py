"""Every request gets a number that goes with all that follows from it: commands, messages, log lines, the error page."""

from uuid import UUID

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from infra.kernel.ids import new_id

HEADER = "x-request-id"


class Correlation:
    """ASGI: takes the number from `X-Request-ID` if it is a UUID, else makes one; binds it to the log; answers with it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request; other kinds of traffic pass by."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        number = _number(Headers(scope=scope).get(HEADER))
        scope.setdefault("state", {})["correlation"] = number

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[HEADER] = str(number)
            await send(message)

        with structlog.contextvars.bound_contextvars(correlation=str(number)):
            await self._app(scope, receive, answer)


def _number(given: str | None) -> UUID:
    try:
        return UUID(given or "")
    except ValueError:
        return new_id()
