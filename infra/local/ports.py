"""TCP ports of this machine."""

import socket

_LOCAL = "127.0.0.1"


def free_ports(count: int) -> list[int]:
    """Ask the operating system for ports that nobody uses now."""
    sockets = [socket.create_server((_LOCAL, 0)) for _ in range(count)]
    try:
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


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
