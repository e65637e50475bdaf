"""What the environment says: the only place that reads it, and the list of every setting there is."""

import os
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class MissingSettingError(Exception):
    """A setting without which the process cannot work is absent."""

    def __init__(self, name: str) -> None:
        """Name the environment variable that is absent."""
        super().__init__(f"{name} is not set; `make up` sets it, and docker-compose.yml shows every setting")
        self.name = name


class Settings(BaseSettings):
    """What every process knows. Each field is read from the environment variable of the same name in capitals."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    profile: str = Field(default="binh-phuoc", description="name of the province's folder below PROFILES_DIR")
    profiles_dir: Path = Field(default=Path("profiles"), description="folder with one folder for each province")
    var_dir: Path = Field(default=Path("var"), description="folder for everything that the running system writes")
    site_dir: Path = Field(default=Path("var/site"), description="folder with the baked public pages")
    witness_dirs: str = Field(
        default="", description="folders, separated by commas, that keep the audit log's checkpoints as well"
    )
    log_format: Literal["json", "console"] = Field(default="json", description="`json` lines, or `console` for reading")
    public_url: str = Field(default="http://127.0.0.1:8000", description="address of the portal as readers see it")
    staff_url: str = Field(default="http://127.0.0.1:8001", description="address of the staff pages as staff see it")
    metrics_host: str = Field(default="127.0.0.1", description="from where a process lets its metrics be read")
    metrics_port: int | None = Field(
        default=None, description="port of the process's metrics; without it there are none"
    )

    @property
    def profile_dir(self) -> Path:
        """The folder of this province's data."""
        return self.profiles_dir / self.profile

    @property
    def database_prefix(self) -> str:
        """The profile as it stands in names of databases: `binh_phuoc`."""
        return self.profile.replace("-", "_")


class WebSettings(Settings):
    """What the gateway and the staff pages know besides."""

    session_key: SecretStr = Field(default=..., description="secret that signs session cookies and CSRF tokens")
    public_port: int = Field(default=8000, description="port of the gateway")
    staff_port: int = Field(default=8001, description="port of the staff pages")
    trusted_proxies: str = Field(
        default="", description="addresses of servers in front, with commas: only they are believed who asks, and how"
    )
    item_preview: str = Field(
        default="gateway.preview:create", description="what shows staff an item as readers will see it"
    )
    staff_apps: str = Field(default="", description="staff apps by path: `/board=services.board.ui.app:create,…`")

    @property
    def staff_mounts(self) -> dict[str, str]:
        """The staff apps by the path under which they are mounted."""
        entries = (entry.partition("=") for entry in self.staff_apps.split(",") if entry)
        return {path: factory for path, _, factory in entries}


class ServiceSettings(Settings):
    """What one service knows besides: its own users of MongoDB and RabbitMQ, and its two databases."""

    service: str = Field(description="name of the service; given by its code, not by the environment")
    mongo_url: str = Field(description="address and user of MongoDB, read from <SERVICE>_MONGO_URL")
    amqp_url: str = Field(description="address and user of RabbitMQ, read from <SERVICE>_AMQP_URL")

    @classmethod
    def load(cls, service: str) -> Self:
        """Read the settings of a service by its name, such as `content`; raises `MissingSettingError`."""
        return cls(
            service=service,
            mongo_url=required(f"{service.upper()}_MONGO_URL"),
            amqp_url=required(f"{service.upper()}_AMQP_URL"),
        )

    @property
    def log_database(self) -> str:
        """The database with the event log: find, insert and watch only."""
        return f"{self.database_prefix}_{self.service}_log"

    @property
    def store_database(self) -> str:
        """The database with all that can be rebuilt, and with people and files."""
        return f"{self.database_prefix}_{self.service}"


class RunnerSettings(Settings):
    """What the one-machine runner knows: its ports, and administrators' addresses of servers elsewhere, if any."""

    public_port: int = Field(default=8000, description="port of the gateway")
    staff_port: int = Field(default=8001, description="port of the staff pages")
    mongo_url: str | None = Field(default=None, description="administrator's address of a MongoDB elsewhere")
    amqp_url: str | None = Field(default=None, description="administrator's address of a RabbitMQ elsewhere")
    amqp_management_url: str | None = Field(default=None, description="address of that RabbitMQ's management API")
    mongo_port: int = Field(default=27918, description="port of the runner's own MongoDB")
    amqp_port: int = Field(
        default=25918, description="port of the runner's own RabbitMQ; the three after it are used too"
    )
    metrics_port: int = Field(
        default=9464, description="port of the metrics of the whole; those after it tell of one process each"
    )


def required(name: str) -> str:
    """Return a setting that must be there; raises `MissingSettingError`."""
    value = os.environ.get(name, "")
    if not value:
        raise MissingSettingError(name)
    return value


def environment() -> dict[str, str]:
    """Return a copy of the whole environment, for handing on to child processes."""
    return dict(os.environ)
