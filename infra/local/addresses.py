"""Every service's addresses of MongoDB and RabbitMQ, each with the service's own user."""

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from pymongo.errors import PyMongoError

from infra.local.processes import PORTAL, PUBLIC, SERVICES
from infra.local.programs import CannotStartError
from infra.local.provision import MongoProvision, RabbitProvision
from infra.local.rabbitmq_management import Management, ManagementError
from infra.settings import RunnerSettings

_MANAGEMENT_PORT = 15672
_USERS = (*SERVICES, PORTAL)

Addresses = Mapping[str, str]
"""Addresses by the name of the setting, such as `CONTENT_MONGO_URL`."""


class Secrets(Protocol):
    """Knows the passwords of users, by names such as `mongo-board`; see `infra.local.secret_store.SecretStore`."""

    def secret(self, name: str) -> str:
        """Return the password of that name."""


def of_mongo(administrator_url: str, settings: RunnerSettings, secrets: Secrets) -> Addresses:
    """Make the services' users and logs in MongoDB; raises `CannotStartError` when the server does not let us."""
    provision = MongoProvision(administrator_url, settings.database_prefix)
    try:
        for service in SERVICES:
            provision.log(service)
        urls = {
            f"{user.upper()}_MONGO_URL": provision.service(user, secrets.secret(f"mongo-{user}")) for user in _USERS
        }
        verifier = provision.verifier(SERVICES, secrets.secret("mongo-verifier"))
        monitor = provision.monitor(SERVICES, secrets.secret("mongo-monitor"))
        backup = provision.backup(SERVICES, secrets.secret("mongo-backup"))
        observer = provision.observer(SERVICES, _USERS, secrets.secret("mongo-observer"))
        operator = provision.operator(_USERS, secrets.secret("mongo-operator"))
    except PyMongoError as failure:
        raise CannotStartError(
            f"MongoDB at {_host(administrator_url)} does not let the runner make users ({_brief(failure)}): "
            "give MONGO_URL with an administrator's name and password."
        ) from failure
    return {
        **urls,
        "AUDIT_VERIFIER_MONGO_URL": verifier,
        "MONITOR_MONGO_URL": monitor,
        "BACKUP_MONGO_URL": backup,
        "OBSERVER_MONGO_URL": observer,
        "OPERATOR_MONGO_URL": operator,
    }


def of_rabbitmq(
    administrator_url: str, management: Management, settings: RunnerSettings, secrets: Secrets
) -> Addresses:
    """Make the virtual host and the services' users in RabbitMQ; raises `CannotStartError` when the server does not let us."""
    provision = RabbitProvision(management, administrator_url, settings.profile)
    try:
        provision.virtual_host(SERVICES)
        portal = provision.service(PORTAL, secrets.secret(f"amqp-{PORTAL}"), tells=False)
        urls = {
            f"{name.upper()}_AMQP_URL": provision.service(name, secrets.secret(f"amqp-{name}")) for name in SERVICES
        }
        public = provision.asker(PUBLIC, PORTAL, "audit", secrets.secret(f"amqp-{PUBLIC}"))
        observer = provision.observer("observer", secrets.secret("amqp-observer"))
        return {
            **urls,
            f"{PORTAL.upper()}_AMQP_URL": portal,
            f"{PUBLIC.upper()}_AMQP_URL": public,
            "OBSERVER_MANAGEMENT_URL": observer,
        }
    except (ManagementError, OSError) as failure:
        raise CannotStartError(
            f"The management API of RabbitMQ at {management.host}:{management.port} does not let the runner make users "
            f"({_brief(failure)}): give AMQP_URL with an administrator's name and password, and AMQP_MANAGEMENT_URL."
        ) from failure


def management_of(settings: RunnerSettings, amqp_url: str) -> Management:
    """Return the access to the management API of a RabbitMQ elsewhere."""
    user = urlsplit(amqp_url)
    place = urlsplit(settings.amqp_management_url or f"http://{user.hostname}:{_MANAGEMENT_PORT}")
    return Management(
        place.hostname or "127.0.0.1",
        place.port or _MANAGEMENT_PORT,
        unquote(user.username or "guest"),
        unquote(user.password or "guest"),
    )


def save(addresses: Addresses, path: Path) -> None:
    """Keep the addresses for commands beside the running system, readable by the owner only."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
        json.dump(addresses, file, indent=2)


def load(path: Path) -> Addresses:
    """Return the addresses of the running system; raises `CannotStartError` when it was never started."""
    if not path.exists():
        raise CannotStartError("The portal was never started here: run `make up` first.")
    addresses: Addresses = json.loads(path.read_text(encoding="ascii"))
    return addresses


def belonging_to(services: Iterable[str], addresses: Addresses) -> Addresses:
    """Return only the addresses that these services may know."""
    prefixes = tuple(f"{service.upper()}_" for service in services)
    return {name: url for name, url in addresses.items() if name.startswith(prefixes)}


def _host(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2]


def _brief(failure: Exception) -> str:
    return str(failure).partition(",")[0]
