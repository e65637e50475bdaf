"""The address at which a process tells how it fares: not the public one, by default on this machine only.

`/metrics` for Prometheus, `/healthz` (the process lives), `/readyz` (what it needs is there, or what is missing).
"""

import json
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from infra.logs import get_logger
from infra.metrics.dependencies import DEPENDENCIES, report
from infra.settings import Settings

_PATIENCE_S = 5

Answer = tuple[HTTPStatus, str, bytes]

log = get_logger("metrics")


def serve(settings: Settings) -> None:
    """Answer beside the work, for as long as the process lives; without METRICS_PORT nothing is served.

    A port that another program has is told once and is no reason not to work.
    """
    if settings.metrics_port is None:
        return
    try:
        server = ThreadingHTTPServer((settings.metrics_host, settings.metrics_port), _Handler)
    except OSError as taken:
        log.warning("metrics_not_served", port=settings.metrics_port, reason=str(taken))
        return
    Thread(target=server.serve_forever, name="metrics", daemon=True).start()


class _Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    timeout = _PATIENCE_S

    def do_GET(self) -> None:
        """Answer by the path."""
        status, kind, body = _answer(self.path.partition("?")[0])
        self.send_response_only(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep quiet: whoever looks every few seconds would drown everything else."""


def _answer(path: str) -> Answer:
    if path == "/metrics":
        return HTTPStatus.OK, CONTENT_TYPE_LATEST, generate_latest()
    if path == "/healthz":
        return _json(HTTPStatus.OK, {"alive": True})
    if path == "/readyz":
        told = report(DEPENDENCIES.standings())
        return _json(HTTPStatus.OK if told["ready"] else HTTPStatus.SERVICE_UNAVAILABLE, told)
    return _json(HTTPStatus.NOT_FOUND, {"paths": ["/metrics", "/healthz", "/readyz"]})


def _json(status: HTTPStatus, value: object) -> Answer:
    return status, "application/json", json.dumps(value).encode()
