"""The process with the staff pages: `python -m infra.web.staff`."""

import signal
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from socket import socket
from typing import Any
from zoneinfo import ZoneInfo

import uvicorn

from infra import logs
from infra.metrics.dependencies import DEPENDENCIES
from infra.metrics.serving import serve
from infra.profile import read_profile
from infra.settings import WebSettings
from infra.web.app import needs, staff_site
from infra.web.house import House
from infra.web.parts import Part

_GRACE_SECONDS = 12
"""How long requests in flight may take when the process is asked to stop."""


def main() -> None:
    """Serve the parts that STAFF_APPS names until SIGTERM; requests in flight are finished."""
    logs.configure("staff")
    settings = WebSettings()
    serve(settings)
    parts = {prefix: _created(name) for prefix, name in settings.staff_mounts.items()}
    site = staff_site(parts, house_of(settings))
    DEPENDENCIES.watch(needs(parts))
    # uvicorn raises the signal again after it has stopped; that would end this orderly stop as if it had been killed.
    signal.signal(signal.SIGTERM, lambda _number, _frame: None)
    _Server(config_of(site, settings)).run()


def config_of(site: Any, settings: WebSettings) -> uvicorn.Config:
    """Return how the site is served: from where a request comes is believed only of the proxies named."""
    return uvicorn.Config(
        site,
        host="0.0.0.0",
        port=settings.staff_port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )


class _Server(uvicorn.Server):
    """Says in the log when it can serve."""

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Open the port, then tell."""
        await super().startup(sockets)
        if self.started:
            logs.get_logger().info(logs.PROCESS_READY, port=self.config.port)


def house_of(settings: WebSettings) -> House:
    """Return what the pages know of the province; `[sessions]` of its `portal.toml` may set other limits."""
    portal = read_profile(settings.profile_dir, "portal")
    limits = portal.get("sessions", {})
    return House(
        session_key=settings.session_key.get_secret_value(),
        staff_url=settings.staff_url,
        public_url=settings.public_url,
        name=portal["name"],
        short_name=portal["short"],
        timezone=ZoneInfo(portal["timezone"]),
        idle=timedelta(minutes=limits.get("idle_minutes", 15)),
        longest=timedelta(hours=limits.get("longest_hours", 10)),
    )


def _created(name: str) -> Part:
    module, _, function = name.partition(":")
    create: Callable[[], Part] = getattr(import_module(module), function)
    return create()


if __name__ == "__main__":
    main()
