"""P7: a baked page through the nginx that is shipped, beside nginx with a plain file of the same bytes; everything else is dead.

In production this answers nearly every reader: what the shipped configuration adds (headers, policies, addresses without endings) may
cost next to nothing.
"""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from gateway.baked import CURRENT
from tests.benches.frame import Bar, Case
from tests.benches.p06_baked_page import CONNECTIONS, PAGE, SECONDS, Server, baked_site, nginx
from tests.benches.packages import provide
from tests.builders.web_server import web_server

TITLE = "baked page behind the shipped nginx"
NOBODY = "127.0.0.1:9"


@contextmanager
def cases() -> Iterator[list[Case]]:
    """One worker each, the same folder, no process of the portal."""
    provide("nginx-light", "/usr/sbin/nginx")
    provide("wrk", "/usr/bin/wrk")
    with tempfile.TemporaryDirectory(prefix="bench-p7-") as name:
        folder = Path(name)
        site_dir = baked_site(folder / "site")
        (folder / "shipped").mkdir()
        with nginx(folder, site_dir) as plain, web_server(folder / "shipped", site_dir, NOBODY) as shipped:
            the_same(shipped.public_url + PAGE, plain.address, site_dir)
            front = Server(shipped.public_port, shipped.pid)
            the_same(front.address, plain.address, site_dir)
            yield [
                Case(
                    "whole page, identity",
                    "µs CPU an answer",
                    ours=lambda: cpu_us_an_answer(front),
                    control=lambda: cpu_us_an_answer(plain),
                    bar=Bar(">=", 0.95),
                    inverse=True,
                )
            ]


def the_same(ours: str, control: str, site_dir: Path) -> None:
    """Both answer with the bytes of the page."""
    page = (site_dir / CURRENT / PAGE.strip("/") / "index.html").read_bytes()
    for address in (ours, control):
        assert httpx.get(address, headers={"accept-encoding": "identity"}).content == page


def cpu_us_an_answer(server: Server) -> float:
    """Ask as fast as one can for a while; a single error, or an answer other than the page, fails the bench."""
    before = server.cpu_seconds()
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}", server.address]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "Non-2xx" not in told, told
    assert "Socket errors" not in told, told
    count = next(int(line.split()[0]) for line in told.splitlines() if "requests in" in line)
    return (server.cpu_seconds() - before) / count * 1e6
