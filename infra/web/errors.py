"""Errors: a page in the reader's language that says what to do, or an RFC 9457 problem document; never a trace."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pymongo.errors import ConnectionFailure, OperationFailure
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from infra.event_store.errors import StoreUnavailable
from infra.logs import get_logger
from infra.messaging.outages import is_of_store
from infra.read_store.paging import BadCursorError
from infra.web.form_memory import StillRunningError
from infra.web.languages import msg
from infra.web.pace import RequestTooSlowError
from infra.web.posted import RequestTooLargeError, UnreadableRequestError

Sentences = Mapping[int, tuple[str, str]]

SENTENCES: Sentences = {
    400: (msg("We could not read this request"), msg("Please go back, reload the page and try again.")),
    401: (msg("Please sign in"), msg("Your session has ended. Sign in again to go on.")),
    403: (
        msg("You may not do this"),
        msg("Your account does not hold an office that may. Ask the secretary or the head."),
    ),
    404: (msg("This page does not exist"), msg("Check the address, or go back to the start.")),
    405: (msg("This page does not exist"), msg("Check the address, or go back to the start.")),
    408: (
        msg("This took too long to arrive"),
        msg("Your connection is very slow or was interrupted. Go back and try again, with smaller files if you can."),
    ),
    409: (msg("Somebody else was faster"), msg("It has been changed in the meantime. Look at it again, then decide.")),
    413: (msg("This is too large"), msg("Choose smaller files, or send them in several steps.")),
    422: (msg("Something is not right yet"), msg("Please go back and correct what is marked.")),
    429: (msg("Too many attempts"), msg("Please wait a few minutes and try again.")),
    500: (
        msg("Something went wrong on our side"),
        msg("It has been noted. Please try again; if it stays, tell the technical team the number below."),
    ),
    503: (
        msg("This is not available at the moment"),
        msg("Please try again in a few minutes. Nothing that you saved is lost."),
    ),
}


class NotFound(HTTPException):
    """There is no such thing, or the reader may not know that there is."""

    def __init__(self) -> None:
        super().__init__(404)


class Forbidden(HTTPException):
    """The reader may not see this."""

    def __init__(self) -> None:
        super().__init__(403)


class TooMany(HTTPException):
    """Too many attempts; try again in `seconds`."""

    def __init__(self, seconds: int) -> None:
        super().__init__(429, headers={"retry-after": str(seconds)})


class ForeignForm(HTTPException):
    """A form that was not shown to whoever sends it."""

    def __init__(self) -> None:
        super().__init__(403)


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong, ready to be shown: HTTP status, msgids of title and advice, extra headers."""

    status: int
    title: str
    advice: str
    headers: Mapping[str, str] = field(default_factory=dict)


Render = Callable[[Request, Failure], Response]
"""Makes the page of a failure."""

FOREIGN = (
    msg("This form does not belong to your session"),
    msg("Somebody else may have signed in here since it was opened. Open the page again and send it from there."),
)


def failure_of(error: Exception) -> Failure:
    """Return what to tell the reader about an error."""
    headers = dict(getattr(error, "headers", None) or {})
    if isinstance(error, ForeignForm):
        return Failure(403, *FOREIGN)
    status = _status(error)
    known = status if status in SENTENCES else (400 if status < 500 else 500)  # noqa: PLR2004 - HTTP
    return Failure(status, *SENTENCES[known], headers)


def problem(failure: Failure, say: Callable[[str], str], correlation: str) -> Response:
    """Return the failure as an RFC 9457 problem document."""
    body = {
        "type": "about:blank",
        "title": say(failure.title),
        "status": failure.status,
        "detail": say(failure.advice),
        "correlation": correlation,
    }
    return JSONResponse(body, failure.status, dict(failure.headers), media_type="application/problem+json")


def install(app: FastAPI, render: Render) -> None:
    """Answer every error of an app by `render`."""

    def answer(request: Request, error: Exception) -> Response:
        return render(request, failure_of(error))

    def answer_outage(request: Request, error: Exception) -> Response:
        if not is_of_store(error):  # the store is there, and what we asked of it was wrong
            raise error
        return answer(request, error)

    for kind in (
        HTTPException,
        RequestValidationError,
        UnreadableRequestError,
        RequestTooLargeError,
        RequestTooSlowError,
        StillRunningError,
        BadCursorError,
    ):
        app.add_exception_handler(kind, answer)
    for of_store in (StoreUnavailable, ConnectionFailure, OperationFailure):
        app.add_exception_handler(of_store, answer_outage)


class Faults:
    """ASGI: a fault of ours is logged once, with its trace, and answered without it."""

    def __init__(self, app: ASGIApp, *, render: Render) -> None:
        self._app = app
        self._render = render

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request; other kinds of traffic pass by."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def answer(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, answer)
        except Exception as error:
            get_logger().exception("request_failed", path=scope["path"], method=scope["method"])
            if started:  # half an answer is out: only cutting the connection tells the truth
                raise
            await self._render(Request(scope, receive), failure_of(error))(scope, receive, send)


def wants_json(request: Request) -> bool:
    """Tell whether a program asks: it names JSON and not HTML, or our own script sends."""
    accept = request.headers.get("accept", "")
    return ("json" in accept and "html" not in accept) or "x-csrf-token" in request.headers


def _status(error: Exception) -> int:
    if isinstance(error, HTTPException):
        return error.status_code
    if isinstance(error, RequestValidationError):
        return 404 if all(fault["loc"][0] == "path" for fault in error.errors()) else 400
    by_kind: list[tuple[type[Exception], int]] = [
        (UnreadableRequestError, 400),
        (RequestTooLargeError, 413),
        (RequestTooSlowError, 408),
        (StillRunningError, 503),
        (BadCursorError, 404),
    ]
    otherwise = 503 if is_of_store(error) else 500
    return next((status for kind, status in by_kind if isinstance(error, kind)), otherwise)
