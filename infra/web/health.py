"""`/healthz`: the process lives. `/readyz`: it can serve; and what it needs is there, or missing since when."""

from collections.abc import Mapping

from fastapi import FastAPI
from starlette.responses import JSONResponse

from infra.metrics.dependencies import DEPENDENCIES, Need, report

NOT_READY = 503


def add(app: FastAPI, needs: Mapping[str, Need]) -> None:
    """Add both addresses to an app."""

    def healthz() -> JSONResponse:
        """Say that the process lives."""
        return JSONResponse({"alive": True})

    def readyz() -> JSONResponse:
        """Say what is there, and since when something is missing; 503 when it is something vital."""
        told = report(DEPENDENCIES.ask(needs), {name: need.vital for name, need in needs.items()})
        return JSONResponse(told, 200 if told["ready"] else NOT_READY)

    app.get("/healthz", include_in_schema=False)(healthz)
    app.get("/readyz", include_in_schema=False)(readyz)
