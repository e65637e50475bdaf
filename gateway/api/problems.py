"""Every failure of the API as an RFC 9457 problem document: what is wrong, never a trace."""

from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gateway.api.shapes import Problem
from infra.messaging.errors import RpcError
from infra.web.errors import Failure, failure_of, install, problem

RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "description": words, "content": {"application/problem+json": {}}}
    for status, words in {400: "A parameter is wrong", 404: "There is no such thing", 503: "Not available now"}.items()
}
"""What every operation may answer besides."""


def render(request: Request, failure: Failure) -> Response:
    """Return a failure as a problem document, in English."""
    return problem(failure, _as_it_is, str(getattr(request.state, "correlation", "")))


def add_problems(app: FastAPI) -> None:
    """Answer every error of the app by a problem document."""
    install(app, render)
    app.add_exception_handler(RequestValidationError, _wrong_parameters)
    app.add_exception_handler(RpcError, _unavailable)


def _wrong_parameters(request: Request, error: Exception) -> Response:
    faults = error.errors() if isinstance(error, RequestValidationError) else []
    if all(fault["loc"][0] == "path" for fault in faults):
        return render(request, failure_of(HTTPException(404)))
    correlation = str(getattr(request.state, "correlation", ""))
    body = {
        "type": "about:blank",
        "title": "A parameter is wrong",
        "status": 400,
        "detail": "; ".join(f"{fault['loc'][-1]}: {fault['msg']}" for fault in faults),
        "correlation": correlation,
        "errors": [{"name": str(fault["loc"][-1]), "reason": fault["msg"]} for fault in faults],
    }
    return JSONResponse(body, 400, media_type="application/problem+json")


def _unavailable(request: Request, _: Exception) -> Response:
    return render(request, failure_of(HTTPException(503, headers={"retry-after": "10"})))


def _as_it_is(words: str) -> str:
    return words
