"""The public process: `python -m gateway`, on IPv4 and IPv6."""

import errno
import signal
import socket
from contextlib import suppress
from typing import Any

import uvicorn
from pymongo import MongoClient

from gateway import NAME
from gateway.app import Portal, create, needs
from gateway.pages.rendering import Renderer
from gateway.pages.site import Site
from gateway.queries import Queries
from gateway.search_index import IndexReader, index_folder
from infra.event_store.connection import Document
from infra.logs import PROCESS_READY, configure, get_logger
from infra.messaging.rpc_client import RpcClient
from infra.metrics.dependencies import DEPENDENCIES
from infra.metrics.serving import serve
from infra.settings import ServiceSettings, WebSettings

_GRACE_S = 5
"""How long answers under way may take when the process is asked to stop; streams are cut then, and resume elsewhere."""
_STORE_WAIT_MS = 1_500
"""A reader waits no longer for a store that is away: pages are baked, and an apology is quick."""
_QUEUED_CONNECTIONS = 2_048
_CONNECTIONS_MOST = 8_000
"""Whoever comes when so many are connected is told to come again later (503): memory stays bounded."""


def main() -> None:
    """Serve until SIGTERM; answers under way are finished."""
    configure("gateway")
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: None)  # uvicorn raises it again after an orderly end, which then is one
    settings, web = ServiceSettings.load(NAME), WebSettings()
    serve(settings)
    portal = portal_of(settings)
    pages = create(portal)
    DEPENDENCIES.watch(needs(portal, pages.servable))
    _Server(config_of(pages, web)).run(sockets=_sockets(web.public_port))
    get_logger("gateway").info("process_stopped")


def config_of(pages: Any, web: WebSettings) -> uvicorn.Config:
    """Return how the pages are served: from where a request comes is believed only of the proxies named."""
    return uvicorn.Config(
        pages,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(web.trusted_proxies),
        forwarded_allow_ips=web.trusted_proxies,
        date_header=True,
        timeout_graceful_shutdown=_GRACE_S,
        timeout_keep_alive=30,
        limit_concurrency=_CONNECTIONS_MOST,
    )


def portal_of(settings: ServiceSettings) -> Portal:
    """Build what the gateway is made of."""
    client: MongoClient[Document] = MongoClient(
        settings.mongo_url,
        tz_aware=True,
        uuidRepresentation="standard",
        serverSelectionTimeoutMS=_STORE_WAIT_MS,
        connectTimeoutMS=_STORE_WAIT_MS,
    )
    return Portal(
        renderer=Renderer(Site.load(settings.profile_dir, settings.public_url)),
        queries=Queries(client[settings.store_database]),
        index=IndexReader(index_folder(settings.var_dir)),
        rpc=RpcClient(settings.amqp_url, NAME),
        settings=settings,
    )


class _Server(uvicorn.Server):
    """Says in the log when it can serve."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve, then tell."""
        await super().startup(sockets)
        if self.started:
            get_logger("gateway").info(PROCESS_READY, port=sockets[0].getsockname()[1] if sockets else None)


def _sockets(port: int) -> list[socket.socket]:
    """Listen on every address of this machine, IPv4 and IPv6 (QC2024 Đ4.1); where there is no IPv6, on IPv4."""
    sockets = [_listening(socket.AF_INET, "0.0.0.0", port)]
    with suppress(_NoSuchFamilyError):
        sockets.append(_listening(socket.AF_INET6, "::", sockets[0].getsockname()[1]))
    return sockets


class _NoSuchFamilyError(Exception):
    """This machine does not speak IPv6."""


def _listening(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    try:
        opened = socket.socket(family, socket.SOCK_STREAM)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family is socket.AF_INET6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        opened.bind((host, port))
    except OSError as failure:
        if family is socket.AF_INET6 and failure.errno in (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL):
            raise _NoSuchFamilyError from failure
        raise
    opened.listen(_QUEUED_CONNECTIONS)
    return opened


if __name__ == "__main__":
    main()
