"""TCP ports of this machine."""

import secrets
import socket

_LOCAL = "127.0.0.1"
_RUNS = range(12_000, 32_000)
"""Below the ports that the operating system gives to outgoing connections: a server that starts again finds its own free."""


def free_ports(count: int) -> list[int]:
    """Return ports that nobody uses now."""
    first = free_port_run(count)
    return list(range(first, first + count))


def free_port_run(length: int) -> int:
    """Return the first of several ports in a row that nobody uses now."""
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
