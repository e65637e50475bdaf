"""A RabbitMQ server of our own: a private node with its own name, ports, cookie and data, never Debian's service."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from infra.local import preflight
from infra.local.ports import answers
from infra.local.programs import Program
from infra.local.rabbitmq_management import Management, ManagementError
from infra.local.waiting import await_server

ADMINISTRATOR = "administrator"
_START_TIMEOUT_S = 120

_CONFIGURATION = """\
listeners.tcp.1 = 127.0.0.1:{port}
management.tcp.ip = 127.0.0.1
management.tcp.port = {management_port}
default_user = {administrator}
default_pass = {password}
log.dir = {directory}
log.file = rabbitmq.log
log.console = false
log.file.rotation.size = 10000000
log.file.rotation.count = 2
disk_free_limit.absolute = 200MB
vm_memory_high_watermark.absolute = 1GB
raft.wal_max_size_bytes = 33554432
"""


@dataclass(frozen=True, slots=True)
class RabbitPorts:
    """The four ports of a node: for clients, for management over HTTP, between nodes, and of its name service."""

    amqp: int
    management: int
    distribution: int
    names: int


@dataclass(frozen=True, slots=True)
class RabbitMq:
    """A server with its data in `directory`; `password` is the administrator's."""

    directory: Path
    ports: RabbitPorts
    password: str

    @property
    def url(self) -> str:
        """The administrator's address, in the default virtual host."""
        return f"amqp://{ADMINISTRATOR}:{self.password}@127.0.0.1:{self.ports.amqp}/%2F"

    @property
    def management(self) -> Management:
        """The administrator's way to make users and virtual hosts."""
        return Management("127.0.0.1", self.ports.management, ADMINISTRATOR, self.password)

    @property
    def log(self) -> Path:
        """The file with the server's own log."""
        return self.directory / "rabbitmq.log"

    def prepare(self) -> tuple[Program, Program]:
        """Check what the machine must have, write the configuration, and return the name service and the server."""
        binary = preflight.rabbitmq_binary()
        preflight.port_is_free(self.ports.amqp, "RabbitMQ", "AMQP_PORT")
        for port in (self.ports.management, self.ports.distribution, self.ports.names):
            preflight.port_is_free(port, "RabbitMQ", "AMQP_PORT (the three ports after it are used too)")
        preflight.disk_has_room(self.directory)
        self._write_configuration()
        names = ("epmd", "-port", str(self.ports.names), "-address", "127.0.0.1")
        return (
            Program("epmd", names, self._environment(), self.directory),
            Program("rabbitmq", (str(binary),), self._environment(), self.directory),
        )

    def await_names(self, alive: Callable[[], bool]) -> None:
        """Wait until the name service answers."""
        self._await(lambda: answers(self.ports.names), alive, _START_TIMEOUT_S)

    def await_ready(self, alive: Callable[[], bool], timeout_s: float = _START_TIMEOUT_S) -> None:
        """Wait until clients are let in."""
        self._await(self._is_ready, alive, timeout_s)

    def _await(self, ready: Callable[[], bool], alive: Callable[[], bool], timeout_s: float) -> None:
        await_server("RabbitMQ", self.log, ready, alive, timeout_s)

    def _is_ready(self) -> bool:
        try:
            return answers(self.ports.amqp) and bool(self.management.get("/whoami"))
        except (ManagementError, OSError):
            return False

    def _write_configuration(self) -> None:
        for folder in ("data", "home", "conf.d"):
            (self.directory / folder).mkdir(exist_ok=True)
        (self.directory / "plugins").write_text("[rabbitmq_management].\n", encoding="ascii")
        configuration = self.directory / "rabbitmq.conf"
        configuration.touch(mode=0o600)
        configuration.write_text(
            _CONFIGURATION.format(
                port=self.ports.amqp,
                management_port=self.ports.management,
                administrator=ADMINISTRATOR,
                password=self.password,
                directory=self.directory,
            ),
            encoding="utf-8",
        )

    def _environment(self) -> dict[str, str]:
        """Return an environment in which nothing of a system-wide RabbitMQ is read, written or reached."""
        here = self.directory
        return {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "LANG": "C.UTF-8",
            "HOME": str(here / "home"),
            "ERL_EPMD_PORT": str(self.ports.names),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": "portal@localhost",
            "RABBITMQ_DIST_PORT": str(self.ports.distribution),
            "RABBITMQ_MNESIA_BASE": str(here / "data"),
            "RABBITMQ_LOG_BASE": str(here),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_CONFIG_FILE": str(here / "rabbitmq.conf"),
            "RABBITMQ_CONFIG_FILES": str(here / "conf.d"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(here / "advanced.config"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(here / "plugins"),
            # Idle schedulers must not spin: this node shares its processors with everything else.
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+sbwt none +sbwtdcpu none +sbwtdio none -kernel inet_dist_use_interface {127,0,0,1}",
            # Makes the start script become the server, so that a signal to our child reaches the server itself.
            "RUNNING_UNDER_SYSTEMD": "true",
        }
