"""`/healthz`: the process lives. `/readyz`: it can serve, and if not, what is missing."""

from collections.abc import Mapping

from fastapi import FastAPI
from starlette.responses import JSONResponse

from infra.logs import get_logger
from infra.web.parts import Check


def add(app: FastAPI, checks: Mapping[str, Check]) -> None:
    """Add both addresses to an app."""

    def healthz() -> JSONResponse:
        """Say that the process lives."""
        return JSONResponse({"alive": True})

    def readyz() -> JSONResponse:
        """Say what is there; 503 when anything is missing."""
        found = {name: _there(name, check) for name, check in checks.items()}
        return JSONResponse({"ready": all(found.values()), "checks": found}, 200 if all(found.values()) else 503)

    app.get("/healthz", include_in_schema=False)(healthz)
    app.get("/readyz", include_in_schema=False)(readyz)


def _there(name: str, check: Check) -> bool:
    """A check that fails in any way is a no: this is a door, and its answer is the report."""
    try:
        return check()
    except Exception:  # noqa: BLE001 - whatever went wrong, the answer is "not ready"
        get_logger().warning("readiness_check_failed", check=name, exc_info=True)
        return False
