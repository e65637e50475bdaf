"""Tells whether the process in this container can do its work: `python -m infra.deploy.healthy`; what is missing is printed."""

import sys
from http.client import HTTPConnection

from infra.settings import Settings

_OK = 200
_TIMEOUT_S = 4


def asked(port: int) -> tuple[bool, str]:
    """Ask the process at the port of its metrics; return whether it is ready, and what it says."""
    connection = HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT_S)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        return answer.status == _OK, answer.read().decode(errors="replace")
    except OSError as away:
        return False, str(away)
    finally:
        connection.close()


def main() -> int:
    """Return 0 when the process is ready, 1 otherwise."""
    port = Settings().metrics_port
    ready, said = asked(port) if port else (False, "METRICS_PORT is not set")
    sys.stdout.write(f"{said}\n")
    return 0 if ready else 1


if __name__ == "__main__":
    sys.exit(main())
