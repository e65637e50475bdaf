"""The real nginx with the configuration that the project ships; only paths, ports and addresses are replaced."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from getpass import getuser
from pathlib import Path

from infra.local.places import ROOT
from infra.local.ports import free_ports
from tests.benches.packages import provide
from tests.builders.waiting import until

SHIPPED = ROOT / "infra" / "deploy" / "nginx"
BROTLI = Path("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so")


class WebServer:
    """A running nginx: readers' address, the staff's, and its process."""

    def __init__(self, public_port: int, staff_port: int, process: subprocess.Popen[bytes]) -> None:
        self.public_port = public_port
        self.public_url = f"http://127.0.0.1:{public_port}"
        self.staff_url = f"http://127.0.0.1:{staff_port}"
        self.pid = process.pid


@contextmanager
def web_server(folder: Path, site_dir: Path, gateway: str, staff: str = "127.0.0.1:9") -> Iterator[WebServer]:
    """Serve a site folder; `gateway` and `staff` are host and port of what is passed on to."""
    provide("nginx-light", "/usr/sbin/nginx")
    public_port, staff_port = free_ports(2)
    config = folder / "nginx.conf"
    config.write_text(_adapted(folder, site_dir, (public_port, staff_port), (gateway, staff)), encoding="utf-8")
    command = ["nginx", "-c", str(config), "-p", str(folder), "-g", "daemon off;"]
    with (folder / "nginx.log").open("ab") as output, subprocess.Popen(command, stderr=output) as process:
        try:
            until(lambda: (folder / "nginx.pid").exists() or process.poll() is not None)
            assert process.poll() is None, (folder / "nginx.log").read_text(encoding="utf-8")
            yield WebServer(public_port, staff_port, process)
        finally:
            process.terminate()


def _adapted(folder: Path, site_dir: Path, ports: tuple[int, int], passed_to: tuple[str, str]) -> str:
    module = f"load_module {BROTLI};" if BROTLI.exists() else ""
    brotli = str(SHIPPED / "brotli.conf") if BROTLI.exists() else str(folder / "none*.conf")
    replaced = {
        "www-data": getuser(),
        "/run/nginx.pid": str(folder / "nginx.pid"),
        "include              /etc/nginx/modules-enabled/*.conf;": module,
        "/etc/nginx/portal/brotli.conf*": brotli,
        "/etc/nginx/portal": str(SHIPPED),
        "/var/lib/nginx": str(folder / "temporary"),
        "/srv/portal/site": str(site_dir),
        ":8080": f":{ports[0]}",
        " 8080": f" {ports[0]}",
        ":8081": f":{ports[1]}",
        " 8081": f" {ports[1]}",
        "gateway:8000": passed_to[0],
        "staff:8001": passed_to[1],
        "worker_processes     auto": "worker_processes 1",
    }
    (folder / "temporary").mkdir(exist_ok=True)
    config = (SHIPPED / "nginx.conf").read_text(encoding="utf-8")
    for shipped, here in replaced.items():
        assert shipped in config, shipped
        config = config.replace(shipped, here)
    return config
