"""The address at which a process tells how it fares: not the public one, by default on this machine only.

`/metrics` for Prometheus, `/healthz` (the process lives), `/readyz` (what it needs is there, or what is missing).
"""

import json
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from infra.local.processes import SERVICES
from infra.logs import get_logger
from infra.metrics.dependencies import DEPENDENCIES, Dependencies, report
from infra.metrics.instruments import count_from_zero
from infra.settings import Settings

_PATIENCE_S = 5
_SCRAPE_S = 3.0
"""How long a scrape waits for what the process needs; Prometheus gives it up after ten seconds."""

Answer = tuple[HTTPStatus, str, bytes]

log = get_logger("metrics")


def serve(settings: Settings, dependencies: Dependencies = DEPENDENCIES) -> None:
    """Answer beside the work, for as long as the process lives; without METRICS_PORT nothing is served.

    A port that another program has is told once and is no reason not to work.
    """
    if settings.metrics_port is None:
        return
    count_from_zero(SERVICES)
    try:
        server = _Server((settings.metrics_host, settings.metrics_port), dependencies)
    except OSError as taken:
        log.warning("metrics_not_served", port=settings.metrics_port, reason=str(taken))
        return
    Thread(target=server.serve_forever, name="metrics", daemon=True).start()


class _Server(ThreadingHTTPServer):
    """Answers for one process; `dependencies` are what it needs."""

    def __init__(self, address: tuple[str, int], dependencies: Dependencies) -> None:
        super().__init__(address, _Handler)
        self.dependencies = dependencies


class _Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    server: _Server
    timeout = _PATIENCE_S

    def do_GET(self) -> None:
        """Answer by the path."""
        status, kind, body = _answer(self.path.partition("?")[0], self.server.dependencies)
        self.send_response_only(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep quiet: whoever looks every few seconds would drown everything else."""


def _answer(path: str, dependencies: Dependencies) -> Answer:
    if path == "/metrics":
        dependencies.refresh(_SCRAPE_S)
        return HTTPStatus.OK, CONTENT_TYPE_LATEST, generate_latest()
    if path == "/healthz":
        return _json(HTTPStatus.OK, {"alive": True})
    if path == "/readyz":
        told = report(dependencies.standings())
        return _json(HTTPStatus.OK if told["ready"] else HTTPStatus.SERVICE_UNAVAILABLE, told)
    return _json(HTTPStatus.NOT_FOUND, {"paths": ["/metrics", "/healthz", "/readyz"]})


def _json(status: HTTPStatus, value: object) -> Answer:
    return status, "application/json", json.dumps(value).encode()
