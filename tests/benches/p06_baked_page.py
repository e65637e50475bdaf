"""P6: a baked page through the gateway process, and the answer that it has not changed, in CPU a request, beside nginx.

One province has up to millions of page reads; nginx or a CDN takes most of them, and the gateway must do for the rest.
"""

import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from getpass import getuser
from pathlib import Path

import httpx
import psutil

from gateway.baked import CURRENT
from gateway.pages.rendering import Renderer
from gateway.pages.site import Site
from gateway.press.baking import bake
from infra.local.ports import free_ports
from infra.settings import environment
from tests.benches.frame import Bar, Case
from tests.benches.packages import provide
from tests.builders.processes import Running
from tests.builders.published import everything, published
from tests.builders.waiting import until

TITLE = "baked page"
PAGE = "/vi/tin-tuc/"
SECONDS = 2
CONNECTIONS = 16
_NGINX = """
user {user}; worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
  access_log off; sendfile on; tcp_nopush on; etag on; keepalive_requests 100000000; default_type text/html;
  open_file_cache max=1000; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{ listen 127.0.0.1:{port}; root {site}; }}
}}
"""


@contextmanager
def cases() -> Iterator[list[Case]]:
    """Both serve the same folder of pages."""
    provide("nginx-light", "/usr/sbin/nginx")
    provide("wrk", "/usr/bin/wrk")
    with tempfile.TemporaryDirectory(prefix="bench-p6-") as name:
        folder = Path(name)
        site_dir = baked_site(folder / "site")
        with gateway(folder, site_dir) as ours, nginx(folder, site_dir) as control:
            yield [
                case("whole page, identity", 0.18, ours, control, {}),
                case("304, nothing changed", 0.25, ours, control, None),
            ]


class Server:
    """A server on a port, and all processes it consists of."""

    def __init__(self, port: int, pid: int) -> None:
        self.address = f"http://127.0.0.1:{port}{PAGE}"
        self._process = psutil.Process(pid)

    def cpu_seconds(self) -> float:
        family = [self._process, *self._process.children(recursive=True)]
        return sum(times.user + times.system for times in (each.cpu_times() for each in family))

    def etag(self) -> str:
        return httpx.get(self.address, headers={"accept-encoding": "identity"}).headers["etag"]


def case(name: str, limit: float, ours: Server, control: Server, headers: dict[str, str] | None) -> Case:
    def asked(server: Server) -> Callable[[], float]:
        wanted = {"If-None-Match": server.etag()} if headers is None else headers
        return lambda: cpu_us_a_request(server, wanted)

    return Case(name, "µs CPU a request", asked(ours), asked(control), Bar(">=", limit), inverse=True)


def cpu_us_a_request(server: Server, headers: dict[str, str]) -> float:
    """Ask as fast as one can for a while, and return how much CPU the server used for each answer."""
    before = server.cpu_seconds()
    asked = [argument for name, value in headers.items() for argument in ("-H", f"{name}: {value}")]
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}", *asked, server.address]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "Non-2xx" not in told or headers, told
    count = next(int(line.split()[0]) for line in told.splitlines() if "requests in" in line)
    return (server.cpu_seconds() - before) / count * 1e6


def baked_site(site_dir: Path) -> Path:
    """Bake a section with some items, as the press does."""
    renderer = Renderer(Site.load(Path("profiles/binh-phuoc"), "http://portal.example"))
    bake(site_dir / CURRENT, everything(renderer, (published(number, f"item-{number}") for number in range(1, 31))))
    return site_dir


@contextmanager
def gateway(folder: Path, site_dir: Path) -> Iterator[Server]:
    """The gateway alone: baked pages need neither store nor broker."""
    port, nobody = free_ports(2)
    settings = {
        "GATEWAY_MONGO_URL": f"mongodb://127.0.0.1:{nobody}",
        "GATEWAY_AMQP_URL": f"amqp://127.0.0.1:{nobody}",
        "SITE_DIR": str(site_dir),
        "VAR_DIR": str(folder),
        "PUBLIC_PORT": str(port),
        "SESSION_KEY": "none",
    }
    with Running("gateway", environment={**environment(), **settings}, output=folder / "gateway.log") as process:
        process.await_line("process_ready")
        yield Server(port, process.process.pid)


@contextmanager
def nginx(folder: Path, site_dir: Path) -> Iterator[Server]:
    """Nginx with one worker, serving the same files."""
    (port,) = free_ports(1)
    config = folder / "nginx.conf"
    config.write_text(_NGINX.format(folder=folder, port=port, site=site_dir / CURRENT, user=getuser()))
    process = subprocess.Popen(["nginx", "-c", str(config)], stderr=subprocess.DEVNULL)
    try:
        until((folder / "nginx.pid").exists)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        process.wait()
