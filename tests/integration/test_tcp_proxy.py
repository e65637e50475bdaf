"""The wire on which other tests rely does to a connection what it says."""

import socket
from collections.abc import Iterator
from contextlib import suppress
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Thread
from time import monotonic

import pytest

from tests.builders.tcp_proxy import TcpProxy, tcp_proxy_to
from tests.builders.waiting import until


class SayingBack(BaseRequestHandler):
    """Says everything back."""

    def handle(self) -> None:
        with suppress(ConnectionError):
            while heard := self.request.recv(1 << 16):
                self.request.sendall(heard)


@pytest.fixture
def echo_port() -> Iterator[int]:
    with ThreadingTCPServer(("127.0.0.1", 0), SayingBack) as server:
        server.daemon_threads = True
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.fixture
def proxy(echo_port: int) -> Iterator[TcpProxy]:
    with tcp_proxy_to(f"echo://127.0.0.1:{echo_port}/") as (made, _):
        yield made


@pytest.fixture
def client(proxy: TcpProxy) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=5) as made:
        yield made


def said_back(client: socket.socket, words: bytes) -> bytes:
    client.sendall(words)
    return heard(client, len(words))


def heard(client: socket.socket, length: int) -> bytes:
    words = b""
    while len(words) < length and (piece := client.recv(1 << 16)):
        words += piece
    return words


def is_refused(port: int) -> bool:
    """Tell whether a new connection is closed or reset before anything is heard on it."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
            return client.recv(1) == b""
    except ConnectionError:
        return True


def test_the_address_through_the_proxy_keeps_the_user_and_may_have_another_query(echo_port: int) -> None:
    address = f"mongodb://me:secret@127.0.0.1:{echo_port}/?replicaSet=portal"

    with tcp_proxy_to(address) as (proxy, through):
        assert through == f"mongodb://me:secret@127.0.0.1:{proxy.port}/?replicaSet=portal"
    with tcp_proxy_to(address, "directConnection=true") as (proxy, through):
        assert through == f"mongodb://me:secret@127.0.0.1:{proxy.port}/?directConnection=true"


def test_what_is_sent_arrives(client: socket.socket, proxy: TcpProxy) -> None:
    assert said_back(client, b"a" * 1_000_000) == b"a" * 1_000_000
    assert proxy.connections == 1


def test_delayed_pieces_arrive_later_in_both_directions(client: socket.socket, proxy: TcpProxy) -> None:
    proxy.delay_s = 0.1
    begun = monotonic()

    assert said_back(client, b"hello") == b"hello"
    assert monotonic() - begun >= 0.2


def test_sliced_messages_arrive_whole(client: socket.socket, proxy: TcpProxy) -> None:
    proxy.piece_bytes = 3

    assert said_back(client, b"first") == b"first"
    assert said_back(client, b"0123456789" * 100) == b"0123456789" * 100


def test_what_is_held_arrives_once_it_is_released(client: socket.socket, proxy: TcpProxy) -> None:
    proxy.hold()
    client.sendall(b"hello")
    client.settimeout(0.2)
    with pytest.raises(TimeoutError):
        client.recv(1)

    proxy.release()
    client.settimeout(5)
    assert heard(client, 5) == b"hello"


def test_a_cut_ends_connections_in_an_orderly_way(client: socket.socket, proxy: TcpProxy) -> None:
    assert said_back(client, b"hello") == b"hello"

    proxy.cut()

    assert client.recv(1) == b""
    until(lambda: proxy.connections == 0)


def test_a_reset_breaks_connections(client: socket.socket, proxy: TcpProxy) -> None:
    assert said_back(client, b"hello") == b"hello"

    proxy.reset()

    with pytest.raises(ConnectionResetError):
        client.recv(1)
    until(lambda: proxy.connections == 0)


def test_while_it_refuses_nobody_gets_through_and_afterwards_everybody(proxy: TcpProxy) -> None:
    proxy.refuse()
    assert is_refused(proxy.port)

    proxy.accept()
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=5) as accepted:
        assert said_back(accepted, b"hello") == b"hello"


def test_a_message_is_torn_where_it_was_planned(client: socket.socket, proxy: TcpProxy) -> None:
    proxy.break_after(len(b"whole") + len(b"whole") + len(b"to"))

    assert said_back(client, b"whole") == b"whole"
    assert not proxy.has_broken
    client.sendall(b"torn")

    with pytest.raises(ConnectionResetError):
        heard(client, len(b"torn"))  # the echo of "to" may be as fast as the break
    assert proxy.has_broken
