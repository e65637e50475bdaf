"""Writes `.env` for docker-compose.yml: every password, key and address, each made for this installation.

`python3 -m infra.deploy.credentials > .env` needs nothing installed. What is written has no default anywhere else.
"""

import argparse
import secrets
import sys
from collections.abc import Iterator

MONGO_USERS = {
    "BOARD": "board",
    "CONTENT": "content",
    "AUDIT": "audit",
    "GATEWAY": "gateway",
    "AUDIT_VERIFIER": "verifier",
    "MONITOR": "monitor",
    "BACKUP": "backup",
    "OBSERVER": "observer",
    "OPERATOR": "operator",
}
"""Users of MongoDB by the beginning of the setting that holds their address."""

AMQP_USERS = {"BOARD": "board", "CONTENT": "content", "AUDIT": "audit", "GATEWAY": "gateway", "PUBLIC": "public"}
"""Users of RabbitMQ, likewise."""

ADMINISTRATOR = "administrator"
MONGO_HOSTS = "mongo1:27017,mongo2:27017,mongo3:27017"
MONGO_OPTIONS = "replicaSet=portal&authSource=admin"
RABBITMQ = "rabbitmq"
"""One name for all three nodes: it has an address of each, and whoever connects tries one after the other."""

_BYTES = 24
_KEY_BYTES = 96


def settings(profile: str, public_url: str, staff_url: str) -> Iterator[tuple[str, str]]:
    """Give every setting of an installation with its value."""
    prefix = profile.replace("-", "_")
    yield from (("PROFILE", profile), ("PUBLIC_URL", public_url), ("STAFF_URL", staff_url))
    yield "SESSION_KEY", _secret()
    yield "GRAFANA_PASSWORD", _secret()
    yield "MONGO_REPLICA_SET_KEY", secrets.token_hex(_KEY_BYTES)
    yield "RABBITMQ_COOKIE", _secret()
    mongo, amqp = _secret(), _secret()
    yield "MONGO_PASSWORD", mongo
    yield "MONGO_URL", f"mongodb://{ADMINISTRATOR}:{mongo}@{MONGO_HOSTS}/?{MONGO_OPTIONS}"
    yield "AMQP_PASSWORD", amqp
    yield "AMQP_URL", f"amqp://{ADMINISTRATOR}:{amqp}@{RABBITMQ}:5672/%2F"
    yield "AMQP_MANAGEMENT_URL", f"http://{RABBITMQ}:15672"
    for name, user in MONGO_USERS.items():
        yield f"{name}_MONGO_URL", f"mongodb://{prefix}_{user}:{_secret()}@{MONGO_HOSTS}/?{MONGO_OPTIONS}"
    for name, user in AMQP_USERS.items():
        yield f"{name}_AMQP_URL", f"amqp://{user}:{_secret()}@{RABBITMQ}:5672/{profile}"
    yield "OBSERVER_MANAGEMENT_URL", f"http://observer:{_secret()}@{RABBITMQ}:15672/{profile}"


def _secret() -> str:
    return secrets.token_urlsafe(_BYTES)


def main() -> int:
    """Write the settings to standard output."""
    parser = argparse.ArgumentParser(prog="python3 -m infra.deploy.credentials", description=__doc__)
    parser.add_argument("--profile", default="binh-phuoc", help="the province's folder below profiles/")
    parser.add_argument("--public-url", default="http://127.0.0.1:8000", help="the portal's address as readers see it")
    parser.add_argument("--staff-url", default="http://127.0.0.1:8001", help="the staff pages' address as staff see it")
    given = parser.parse_args()
    for name, value in settings(given.profile, given.public_url, given.staff_url):
        sys.stdout.write(f"{name}={value}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
