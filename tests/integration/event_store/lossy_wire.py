"""A wire to the server that can lose appends on their way there, or the answers on their way back, or deliver them late."""

import contextlib
import socket
from collections.abc import Iterator
from threading import Event, Lock, Thread
from urllib.parse import urlsplit

_APPENDS = (b"\x02insert\x00", b"\x03$merge\x00", b"\x10commitTransaction\x00")
"""What appends to a log have on the wire: one by itself, one behind a head that is not durable, several commits."""


class LossyWire:
    """Forwards connections to a server on this machine until told to lose something; then the connection breaks."""

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._mutex = Lock()
        self._plan: list[str] = []
        self._awaited = b""
        self._late: list[_Connection] = []
        Thread(target=self._accept, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    @property
    def lost_all(self) -> bool:
        """Tell whether everything that was to be lost is lost."""
        return not self._plan

    def lose(self, *what: str) -> None:
        """Lose, of the next appends in turn, the "request" or the "answer"; one that is "late" may be delivered later."""
        self._plan = list(what)

    def deliver_late_before(self, request: bytes) -> None:
        """Once all is lost that was to be, deliver what is late just before the next request that contains these bytes."""
        self._awaited = request

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # closed
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._server_port))
                _Connection(self, client, server)

    def loses(self, request: bytes) -> str:
        """Tell what is lost of a request: nothing, the request itself, or its answer."""
        with self._mutex:
            if self._awaited and self._awaited in request and self.lost_all:
                self._deliver()
            is_append = any(mark in request for mark in _APPENDS)
            return self._plan.pop(0) if self._plan and is_append else "nothing"

    def keep(self, connection: "_Connection") -> None:
        """Remember a connection that has kept a request back."""
        self._late.append(connection)

    def _deliver(self) -> None:
        while self._late:
            self._late.pop().deliver()


class _Connection:
    def __init__(self, wire: LossyWire, client: socket.socket, server: socket.socket) -> None:
        self._wire, self._client, self._server = wire, client, server
        self._cut = False
        self._late, self._answered = b"", Event()
        Thread(target=self._requests, daemon=True).start()
        Thread(target=self._answers, daemon=True).start()

    def deliver(self) -> None:
        """Send what was kept back, and wait for the answer: then it is durable."""
        self._server.sendall(self._late)
        assert self._answered.wait(10)

    def _requests(self) -> None:
        with contextlib.suppress(OSError):
            while request := self._client.recv(1 << 16):
                loses = self._wire.loses(request)
                if loses == "late":
                    self._keep(request)
                    return
                if loses == "request":
                    break
                self._cut = self._cut or loses == "answer"
                self._server.sendall(request)
        self._close()

    def _answers(self) -> None:
        with contextlib.suppress(OSError):
            while (answer := self._server.recv(1 << 16)) and not self._cut:
                self._client.sendall(answer)
        self._answered.set()
        self._close()

    def _keep(self, request: bytes) -> None:
        """Break the connection to the client alone."""
        self._late, self._cut = request, True
        self._wire.keep(self)
        self._client.shutdown(socket.SHUT_RDWR)

    def _close(self) -> None:
        for end in (self._client, self._server):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


@contextlib.contextmanager
def lossy_wire_to(url: str) -> Iterator[tuple[LossyWire, str]]:
    """Give a wire to the server of the address, and the address of the wire."""
    parts = urlsplit(url)
    assert parts.port
    wire = LossyWire(parts.port)
    user = parts.netloc.rpartition("@")[0]
    try:
        yield wire, f"mongodb://{user}@127.0.0.1:{wire.port}/?directConnection=true&authSource=admin"
    finally:
        wire.close()
