"""A wire to a server on this machine that a test can slow, slice, hold, cut and reset while programs talk over it."""

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Condition, Thread
from urllib.parse import urlsplit

PIECE_BYTES = 1 << 16
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class TcpProxy:
    """Forwards connections to a port of this machine. What is set holds for all connections, also those open.

    `delay_s`: every piece, in both directions, arrives this much later. `piece_bytes`: what is sent in one go arrives
    in pieces of at most this size, each sent by itself, from the piece after the next on.
    """

    def __init__(self, server_port: int) -> None:
        self.delay_s = 0.0
        self.piece_bytes = PIECE_BYTES
        self._server_port = server_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._changed = Condition()
        self._connections: set[_Connection] = set()
        self._held = False
        self._refusing = False
        self._bytes_left: int | None = None
        Thread(target=self._accept, name="tcp-proxy", daemon=True).start()

    @property
    def port(self) -> int:
        """Where programs connect to instead of the server's own port."""
        return int(self._listener.getsockname()[1])

    @property
    def connections(self) -> int:
        """How many connections are open now."""
        return len(self._connections)

    @property
    def has_broken(self) -> bool:
        """Tell whether the break that `break_after` planned has happened."""
        return self._bytes_left is None

    def hold(self) -> None:
        """Let nothing pass: connections stay open, new ones are accepted, and nobody hears anything."""
        with self._changed:
            self._held = True

    def release(self) -> None:
        """Let pass what was held, and all that follows."""
        with self._changed:
            self._held = False
            self._changed.notify_all()

    def cut(self) -> None:
        """Close all connections in an orderly way (FIN), as a server that is stopped does."""
        for connection in list(self._connections):
            connection.end()

    def reset(self) -> None:
        """Break all connections (RST), as a machine that has lost its memory of them does."""
        for connection in list(self._connections):
            connection.reset()

    def refuse(self) -> None:
        """Reset all connections, and every new one as soon as it is made."""
        self._refusing = True
        self.reset()

    def accept(self) -> None:
        """Take new connections again."""
        self._refusing = False

    def break_after(self, passed: int) -> None:
        """Let so many bytes pass, all connections and directions together, and reset the connection that sends more.

        So a message is torn in its middle.
        """
        with self._changed:
            self._bytes_left = passed

    def close(self) -> None:
        """Break everything and accept no more."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.reset()

    def passing(self, connection: "_Connection", piece: bytes) -> bytes:
        """Return what of a piece may pass, after the time that it is delayed or held."""
        with self._changed:
            self._changed.wait_for(lambda: connection.is_over, timeout=self.delay_s)
            self._changed.wait_for(lambda: connection.is_over or not self._held)
            if self._bytes_left is None or len(piece) <= self._bytes_left:
                self._bytes_left = None if self._bytes_left is None else self._bytes_left - len(piece)
                return piece
            torn, self._bytes_left = piece[: self._bytes_left], None
        return torn

    def forget(self, connection: "_Connection") -> None:
        """Let go of a connection that is over, and of what waits in it."""
        with self._changed:
            self._connections.discard(connection)
            self._changed.notify_all()

    def _accept(self) -> None:
        with suppress(OSError):  # closed
            while True:
                client, _ = self._listener.accept()
                self._connect(client)

    def _connect(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(("127.0.0.1", self._server_port), timeout=1)
        except OSError:
            server = None
        if server is None or self._refusing:
            for end in (client, server):
                if end is not None:
                    _reset(end)
            return
        server.settimeout(None)
        connection = _Connection(self, client, server)
        self._connections.add(connection)
        connection.start()


class _Connection:
    """Two sockets, and a thread for each direction between them."""

    def __init__(self, proxy: TcpProxy, client: socket.socket, server: socket.socket) -> None:
        self._proxy = proxy
        self._ends = (client, server)
        self.is_over = False
        for end in self._ends:
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def start(self) -> None:
        client, server = self._ends
        for source, target in ((client, server), (server, client)):
            Thread(target=self._forward, args=(source, target), name="tcp-proxy-wire", daemon=True).start()

    def end(self) -> None:
        """Close both ends in an orderly way; what was sent before still arrives."""
        self._finish()

    def reset(self) -> None:
        """Break both ends: what was sent and not yet read is lost."""
        for end in self._ends:
            with suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self._finish()

    def _finish(self) -> None:
        self.is_over = True
        self._proxy.forget(self)
        for end in self._ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RD)  # wakes the thread that reads here
            end.close()

    def _forward(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while piece := source.recv(min(self._proxy.piece_bytes, PIECE_BYTES)):
                passing = self._proxy.passing(self, piece)
                target.sendall(passing)
                if len(passing) < len(piece):
                    self.reset()
        self.end()


def _reset(end: socket.socket) -> None:
    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
    end.close()


@contextmanager
def tcp_proxy_to(url: str, query: str | None = None) -> Iterator[tuple[TcpProxy, str]]:
    """Give a proxy to the server that an address names, and the address that leads through it.

    `query` replaces the address's own: members of a MongoDB replica set tell clients their own addresses, unless these
    ask for a direct connection (`directConnection=true&authSource=admin`).
    """
    parts = urlsplit(url)
    assert parts.port, f"no port in {url}"
    proxy = TcpProxy(parts.port)
    user, at, _ = parts.netloc.rpartition("@")
    through = parts._replace(netloc=f"{user}{at}127.0.0.1:{proxy.port}", query=parts.query if query is None else query)
    try:
        yield proxy, through.geturl()
    finally:
        proxy.close()
