"""A province of its own for one test: databases, a virtual host, and each service's own users in them."""

import secrets
from contextlib import suppress
from typing import Any

from pymongo import MongoClient

from infra.local.mongod import Mongod
from infra.local.provision import MongoProvision, RabbitProvision
from infra.local.rabbitmq import RabbitMq
from infra.local.rabbitmq_management import ManagementError
from infra.settings import ServiceSettings, environment


class Province:
    def __init__(self, mongod: Mongod, rabbitmq: RabbitMq) -> None:
        self.profile = f"test-{secrets.token_hex(4)}"
        self._mongod, self._rabbitmq = mongod, rabbitmq
        self._mongo = MongoProvision(mongod.url, self.profile.replace("-", "_"))
        self._services: dict[str, ServiceSettings] = {}
        self.found_broker()

    def service(self, name: str, *, tells: bool = True) -> ServiceSettings:
        """Give a service its databases and users, as provisioning does, and return its settings."""
        if name not in self._services:
            self._mongo.log(name)
            self._services[name] = ServiceSettings(
                service=name,
                profile=self.profile,
                mongo_url=self._mongo.service(name, _password(name)),
                amqp_url=self._rabbit.service(f"{name}", _password(name), tells=tells),
            )
        return self._services[name]

    @property
    def administrator_url(self) -> str:
        """The broker's administrator in this province's virtual host."""
        management = self._rabbitmq.management
        everything = {"configure": ".*", "write": ".*", "read": ".*"}
        management.permit(management.user, self.profile, everything)
        return self._rabbitmq.url.replace("%2F", self.profile)

    def environment(self) -> dict[str, str]:
        """Return the environment for processes of this province."""
        urls = {
            f"{name.upper()}_{kind}_URL": url
            for name, settings in self._services.items()
            for kind, url in (("MONGO", settings.mongo_url), ("AMQP", settings.amqp_url))
        }
        return {**environment(), "PROFILE": self.profile, "LOG_FORMAT": "json", "PYTHONUNBUFFERED": "1", **urls}

    def found_broker(self) -> None:
        """Make the virtual host and the users: at first, or again after the broker has lost everything."""
        self._rabbit = RabbitProvision(self._rabbitmq.management, self._rabbitmq.url, self.profile)
        self._rabbit.virtual_host(())
        for name in self._services:
            self._rabbit.service(name, _password(name))

    def lose_broker(self) -> None:
        """Let the broker lose everything of this province, and close its connections."""
        self._rabbitmq.management.remove_virtual_host(self.profile)

    def close(self) -> None:
        with suppress(ManagementError):  # the test may have lost it
            self.lose_broker()
        with MongoClient[dict[str, Any]](self._mongod.url) as client:
            for name in client.list_database_names():
                if name.startswith(self.profile.replace("-", "_")):
                    client.drop_database(name)


def _password(service: str) -> str:
    return f"{service}-secret"
