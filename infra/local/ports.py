"""TCP ports of this machine."""

import secrets
import socket

_LOCAL = "127.0.0.1"
_RUNS = range(12_000, 32_000)


def free_ports(count: int) -> list[int]:
    """Ask the operating system for ports that nobody uses now."""
    sockets = [socket.create_server((_LOCAL, 0)) for _ in range(count)]
    try:
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def free_port_run(length: int) -> int:
    """Return the first of several ports in a row that nobody uses now.

    They lie below those that the operating system gives to outgoing connections, so that a server that is started
    again finds its port still free.
    """
    while True:
        first = _RUNS.start + secrets.randbelow(len(_RUNS))
        if not any(is_taken(port) for port in range(first, first + length)):
            return first


def is_taken(port: int) -> bool:
    """Tell whether some program of this machine listens on the port."""
    try:
        socket.create_server((_LOCAL, port), reuse_port=False).close()
    except OSError:
        return True
    return False


def answers(port: int) -> bool:
    """Tell whether a connection to the port is accepted."""
    try:
        socket.create_connection((_LOCAL, port), timeout=1).close()
    except OSError:
        return False
    return True
