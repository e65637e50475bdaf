"""From where a request comes: only a server in front that the settings name is believed when it speaks for others."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
import uvicorn
from pydantic import SecretStr

from gateway.__main__ import config_of as gateway_config_of
from infra.settings import WebSettings
from infra.web.staff import config_of as staff_config_of

ConfigOf = Callable[[Any, WebSettings], uvicorn.Config]
FORGED = {"x-forwarded-for": "203.0.113.7", "x-forwarded-proto": "https"}


async def who_asks(scope: Any, _receive: Any, send: Any) -> None:
    """Answer with the address and the scheme that the application sees."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": f"{scope['client'][0]} {scope['scheme']}".encode()})


@contextmanager
def served(config: uvicorn.Config) -> Iterator[str]:
    listener = socket.create_server(("127.0.0.1", 0))
    config.lifespan = "off"
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        listener.close()


def seen(config_of: ConfigOf, trusted: str) -> str:
    settings = WebSettings(session_key=SecretStr("a key"), trusted_proxies=trusted)
    with served(config_of(who_asks, settings)) as address:
        return httpx.get(address, headers=FORGED).text


@pytest.mark.parametrize("config_of", [staff_config_of, gateway_config_of], ids=["staff", "gateway"])
@pytest.mark.parametrize(
    ("trusted", "told"),
    [
        ("", "127.0.0.1 http"),
        ("192.0.2.1", "127.0.0.1 http"),
        ("192.0.2.1,127.0.0.1", "203.0.113.7 https"),
        ("127.0.0.0/8", "203.0.113.7 https"),
    ],
    ids=["nobody", "somebody-else", "the-proxy", "its-network"],
)
def test_only_a_named_proxy_speaks_for_others(config_of: ConfigOf, trusted: str, told: str) -> None:
    assert seen(config_of, trusted) == told
