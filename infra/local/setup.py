"""Installs what the system needs, with nothing but Python's own library: `python3 -m infra.local.setup local`."""

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from infra.local.preflight import disk_has_room, processor_can_run_mongod
from infra.local.programs import CannotStartError

_ROOT = Path(__file__).resolve().parents[2]
_VENV = _ROOT / ".venv"
_LOG = _ROOT / "var" / "log" / "setup.log"
_PYTHON = (3, 11)
_DISK_BYTES_MIN = 3_000_000_000
"""What the packages, their caches and the first data take, with room to spare."""

_TELL_EVERY_S = 10.0
_POLICY = Path("/usr/sbin/policy-rc.d")


def _can_make_venv() -> bool:
    try:
        import ensurepip
    except ImportError:
        return False
    return bool(ensurepip.version())


_DEBIAN: Mapping[str, Callable[[], bool]] = {
    "python3-venv": _can_make_venv,
    "libcurl4": lambda: any(Path("/usr/lib").glob("*/libcurl.so.4")),
    "rabbitmq-server": lambda: Path("/usr/lib/rabbitmq/bin/rabbitmq-server").exists(),
    "libatomic1": lambda: any(Path("/usr/lib").glob("*/libatomic.so.1")),
    "git": lambda: shutil.which("git") is not None,
    "chromium": lambda: shutil.which("chromium") is not None,
    "prometheus": lambda: shutil.which("promtool") is not None,
    "prometheus-alertmanager": lambda: Path("/usr/bin/prometheus-alertmanager").exists(),
    "docker-compose": lambda: shutil.which("docker-compose") is not None,
    "nginx-light": lambda: Path("/usr/sbin/nginx").exists(),
    "libnginx-mod-http-brotli-static": lambda: Path("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so").exists(),
}
"""Debian's packages that we use, each with a way to see that it is there."""


def install(lock: str, *, mongo_elsewhere: bool, amqp_elsewhere: bool) -> None:
    """Install what a lock file names (`local` or `dev`), and Debian's packages beside it.

    Raises:
        CannotStartError: something cannot be provided on this machine.

    """
    if sys.version_info[:2] != _PYTHON:
        raise CannotStartError(
            f"Python 3.11 is needed and this is {sys.version.split()[0]}: install it, or name it with `make PYTHON=…`."
        )
    disk_has_room(_LOG.parent, _DISK_BYTES_MIN)
    packages = ["python3-venv"]
    if not mongo_elsewhere:
        processor_can_run_mongod()
        packages.append("libcurl4")
    if not amqp_elsewhere:
        packages.append("rabbitmq-server")
    if lock == "dev":
        packages += ["git", "chromium", "libatomic1", "prometheus", "prometheus-alertmanager", "docker-compose"]
        packages += ["nginx-light", "libnginx-mod-http-brotli-static"]
    install_debian([package for package in packages if not _DEBIAN[package]()])
    install_python("runtime" if mongo_elsewhere and lock == "local" else lock)


def install_debian(packages: list[str]) -> None:
    """Install Debian's packages without starting any service of theirs."""
    if not packages:
        return
    names = " ".join(packages)
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise CannotStartError(
            f"Not installed here: {names}. Only root can install with apt: run `sudo apt-get install {names}`, or set "
            "AMQP_URL and MONGO_URL to administrators' addresses of servers elsewhere."
        )
    apt = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120"]
    with _services_stay_off():
        _run("Reading Debian's list of packages", [*apt, "update"])
        _run(f"Installing {names} from Debian", [*apt, "install", "--yes", "--no-install-recommends", *packages])
        _keep_off_at_boot(packages)


def install_python(lock: str) -> None:
    """Make the virtual environment and install exactly what the lock file names, each file checked by its hash."""
    if not (_VENV / "bin" / "pip").exists():
        _run("Making the virtual environment .venv", [sys.executable, "-m", "venv", str(_VENV)])
    file = _ROOT / "requirements" / f"{lock}.txt"
    count = sum("==" in line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith(" "))
    pip = [str(_VENV / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install", "--progress-bar=off"]
    _run(
        f"Installing {count} Python packages", [*pip, "--require-hashes", "-r", str(file)], steps=("Collecting ", count)
    )


@contextmanager
def _services_stay_off() -> Iterator[None]:
    """Tell Debian not to start services while it installs: we run our own, on ports of our own."""
    if _POLICY.exists():
        yield
        return
    _POLICY.write_text("#!/bin/sh\nexit 101\n", encoding="ascii")
    _POLICY.chmod(0o755)
    try:
        yield
    finally:
        _POLICY.unlink()


def _keep_off_at_boot(packages: list[str]) -> None:
    """Take back that Debian starts the services of these packages with the machine; not every package has one."""
    if shutil.which("systemctl"):
        subprocess.run(["systemctl", "disable", "--quiet", *packages], check=False, capture_output=True)


def _run(what: str, command: list[str], steps: tuple[str, int] | None = None) -> None:
    """Run a long step, telling every few seconds how far it is; `steps` is what begins a line of progress, and how many come."""
    began = told = time.monotonic()
    done = 0
    print(f"{what} …", flush=True)
    with (
        _LOG.open("a", encoding="utf-8") as log,
        subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        ) as process,
    ):
        for raw in process.stdout or ():
            line = raw.decode(errors="replace")
            log.write(line)
            done += bool(steps and line.startswith(steps[0]))
            if time.monotonic() - told > _TELL_EVERY_S:
                told = time.monotonic()
                far = f"{done} of {steps[1]}, " if steps else ""
                print(f"  … {far}{told - began:.0f} s", flush=True)
    if process.returncode:
        raise CannotStartError(f"{what} failed: the reason stands at the end of {_LOG}.")
    print(f"  done in {time.monotonic() - began:.0f} s", flush=True)


def main() -> int:
    """Install; 1 with one sentence when something cannot be provided."""
    parser = argparse.ArgumentParser(prog="python3 -m infra.local.setup", description=__doc__)
    parser.add_argument("lock", choices=("local", "dev"))
    parser.add_argument("--mongo-elsewhere", action="store_true")
    parser.add_argument("--amqp-elsewhere", action="store_true")
    given = parser.parse_args()
    try:
        install(given.lock, mongo_elsewhere=given.mongo_elsewhere, amqp_elsewhere=given.amqp_elsewhere)
    except CannotStartError as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
