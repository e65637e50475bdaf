"""Whether readers get the public pages: asked as they ask, through whatever stands in front."""

from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from time import perf_counter
from urllib.parse import urlsplit

_PAGE = "/vi/"
_OK = 200
_TIMEOUT_S = 3


@dataclass(frozen=True, slots=True)
class Front:
    """Whether the first page was served, and how long its first byte took, or the failure."""

    up: bool
    seconds: float


def asked(address: str) -> Front:
    """Ask for the first page at the portal's address; over https its certificate must be a good one."""
    began = perf_counter()
    up = _is_served(address)
    return Front(up, perf_counter() - began)


def _is_served(address: str) -> bool:
    parts = urlsplit(address)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=_TIMEOUT_S)
    try:
        connection.request("GET", f"{parts.path.rstrip('/')}{_PAGE}")
        return connection.getresponse().status == _OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
