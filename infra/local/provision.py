"""Gives each service its own users of MongoDB and RabbitMQ, with no right that it does not need."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from pymongo import MongoClient
from pymongo.database import Database
from pymongo.errors import OperationFailure

from infra.event_store.layout import EVENTS, create_log
from infra.local.rabbitmq_management import Management
from infra.messaging.topology import (
    PUBLIC_EXCHANGE,
    RPC_EXCHANGE,
    CallRights,
    Permissions,
    asking,
    asking_permissions,
    calls,
    events_exchange,
    pages_exchange,
    permissions,
)
from infra.operations.record import DATABASE, OBSERVED
from infra.operations.stores import HEAD, HEAD_PIPELINE, MONITOR, PARKED_COUNTS, PARKED_PIPELINE

LOG_COLLECTIONS = (EVENTS, "entries")
"""What a log database may hold: a service's events and, of the audit service alone, the entries of the audit log."""

OPERATIONS = DATABASE
"""The database, after the profile's prefix, of what is observed and of what staff did about it."""
DEEDS = "deeds"
"""There: what the technical team did about parked messages, which nothing else tells."""
PARKED = "parked"

_ALREADY_THERE = frozenset({51002, 51003})
_NAMESPACE_EXISTS = 48
_APPEND_ONLY = ("find", "insert", "changeStream")

_NOTHING = ("^$", "^$", "^$")

Privilege = dict[str, Any]
Client = MongoClient[dict[str, Any]]


class MongoProvision:
    """Makes databases' users with an administrator's access to MongoDB."""

    def __init__(self, administrator_url: str, prefix: str) -> None:
        """Take the administrator's address, and the profile's prefix of database names such as `binh_phuoc`."""
        self._url = administrator_url
        self._prefix = prefix

    def log(self, service: str) -> None:
        """Make a service's log with its indexes, which the service itself must not be able to do."""
        with MongoClient[dict[str, Any]](self._url) as client:
            create_log(client[f"{self._prefix}_{service}_log"])

    def service(self, service: str, password: str) -> str:
        """Let a service add to and read its own log, never change it, and use its own store; return its address."""
        own_log = self._log_privileges(service, _APPEND_ONLY)
        own_store = {"role": "readWrite", "db": f"{self._prefix}_{service}"}
        return self._set_user(f"{self._prefix}_{service}", password, own_log, [own_store])

    def verifier(self, services: Sequence[str], password: str) -> str:
        """Let whoever verifies read the logs of all services and nothing else; return the address."""
        logs = [privilege for service in services for privilege in self._log_privileges(service, ("find",))]
        return self._set_user(f"{self._prefix}_verifier", password, logs, [])

    def monitor(self, services: Sequence[str], password: str) -> str:
        """Let whoever watches the logs read all of them, add to audit's own what it finds, and keep its word; return the address.

        It can change nothing in any log, and in audit's store it has one collection.
        """
        logs = [privilege for service in services for privilege in self._log_privileges(service, ("find",))]
        tells = _privilege(f"{self._prefix}_audit_log", EVENTS, ("find", "insert"))
        keeps = _privilege(f"{self._prefix}_audit", MONITOR, ("find", "insert", "update"))
        return self._set_user(f"{self._prefix}_monitor", password, [*logs, tells, keeps], [])

    def backup(self, services: Sequence[str], password: str) -> str:
        """Let whoever takes backups read logs, stores and the technical team's deeds, and change nothing; return the address."""
        databases = [f"{self._prefix}_{service}{kind}" for service in services for kind in ("", "_log")]
        reads = [_privilege(database, "", ("find", "listCollections")) for database in databases]
        deeds = _privilege(f"{self._prefix}_{OPERATIONS}", DEEDS, ("find",))
        return self._set_user(f"{self._prefix}_backup", password, [*reads, deeds], [])

    def observer(self, services: Sequence[str], stores: Sequence[str], password: str) -> str:
        """Let whoever observes the system read positions and counts, and no event at all; return the address.

        It sees logs and parked messages through views that have no more than numbers.
        """
        with MongoClient[dict[str, Any]](self._url) as client:
            for service in services:
                _set_view(client[f"{self._prefix}_{service}_log"], HEAD, EVENTS, HEAD_PIPELINE)
            for store in stores:
                _set_view(client[f"{self._prefix}_{store}"], PARKED_COUNTS, PARKED, PARKED_PIPELINE)
        sees = [_privilege(f"{self._prefix}_{service}_log", HEAD, ("find",)) for service in services]
        sees += [
            _privilege(f"{self._prefix}_{store}", name, ("find",))
            for store in stores
            for name in (PARKED_COUNTS, "positions", "relay", MONITOR)
        ]
        keeps = _privilege(f"{self._prefix}_{OPERATIONS}", OBSERVED, ("find", "insert", "update"))
        return self._set_user(f"{self._prefix}_observer", password, [*sees, keeps], [])

    def operator(self, stores: Sequence[str], password: str) -> str:
        """Let the pages of the technical team see and decide on parked messages, nothing else; return the address."""
        decides = [_privilege(f"{self._prefix}_{store}", PARKED, ("find", "update")) for store in stores]
        own = {"role": "readWrite", "db": f"{self._prefix}_{OPERATIONS}"}
        return self._set_user(f"{self._prefix}_operator", password, decides, [own])

    def _log_privileges(self, service: str, actions: Sequence[str]) -> list[Privilege]:
        database = f"{self._prefix}_{service}_log"
        return [_privilege(database, collection, actions) for collection in LOG_COLLECTIONS]

    def _set_user(self, name: str, password: str, privileges: list[Privilege], roles: list[dict[str, str]]) -> str:
        own_role = {"role": name, "db": "admin"}
        with MongoClient[dict[str, Any]](self._url) as client:
            _set(client, "Role", name, privileges=privileges, roles=[])
            _set(client, "User", name, pwd=password, roles=[own_role, *roles])
        return with_user(self._url, name, password, authSource="admin")


def _privilege(database: str, collection: str, actions: Sequence[str]) -> Privilege:
    return {"resource": {"db": database, "collection": collection}, "actions": list(actions)}


def _set_view(database: Database[dict[str, Any]], name: str, source: str, pipeline: Sequence[Any]) -> None:
    """Make a view, or make an existing one what it should be."""
    try:
        database.command("create", name, viewOn=source, pipeline=list(pipeline))
    except OperationFailure as failure:
        if failure.code != _NAMESPACE_EXISTS:
            raise
        database.command("collMod", name, viewOn=source, pipeline=list(pipeline))


def _set(client: Client, kind: str, name: str, **facts: Any) -> None:
    """Make a role or a user, or make an existing one what it should be."""
    try:
        client.admin.command(f"create{kind}", name, **facts)
    except OperationFailure as failure:
        if failure.code not in _ALREADY_THERE:
            raise
        client.admin.command(f"update{kind}", name, **facts)


class RabbitProvision:
    """Makes a virtual host's users with an administrator's access to RabbitMQ."""

    def __init__(self, management: Management, administrator_url: str, virtual_host: str) -> None:
        """Take the administrator's accesses, and the name of the virtual host, which is the profile's."""
        self._management = management
        self._url = administrator_url
        self._virtual_host = virtual_host

    def virtual_host(self, services: Sequence[str]) -> None:
        """Make the virtual host in which all services meet, with the exchanges on which they tell their events.

        So a service that starts before another one already finds what it wants to hear.
        """
        self._management.add_virtual_host(self._virtual_host)
        told = (*map(events_exchange, services), *map(pages_exchange, services))
        for exchange in (RPC_EXCHANGE, PUBLIC_EXCHANGE, *told):
            self._management.add_topic_exchange(self._virtual_host, exchange)

    def service(self, service: str, password: str, *, tells: bool = True) -> str:
        """Let a service use its own exchanges and queues; return its address."""
        return self._user(service, password, permissions(service, tells=tells), calls(service))

    def asker(self, name: str, caller: str, service: str, password: str) -> str:
        """Let a user ask one service as `caller`, and nothing else: no events, no other calls; return its address."""
        return self._user(name, password, asking_permissions(caller), asking(service))

    def observer(self, name: str, password: str) -> str:
        """Let a user see how many messages lie in each queue, and touch none; return its address of the management API."""
        self._management.set_user(name, password, tags="management")
        self._management.permit(name, self._virtual_host, asdict(Permissions(*_NOTHING)))
        place = f"{quote(name)}:{quote(password)}@{self._management.host}:{self._management.port}"
        return f"http://{place}/{quote(self._virtual_host, safe='')}"

    def _user(self, name: str, password: str, rights: Permissions, on_calls: CallRights) -> str:
        self._management.set_user(name, password)
        self._management.permit(name, self._virtual_host, asdict(rights))
        self._management.permit_topics(name, self._virtual_host, RPC_EXCHANGE, asdict(on_calls))
        address = urlsplit(with_user(self._url, name, password))
        return address._replace(path=f"/{quote(self._virtual_host, safe='')}").geturl()


def with_user(url: str, user: str, password: str, **options: str) -> str:
    """Return the address with another user and further options."""
    parts = urlsplit(url)
    hosts = parts.netloc.rpartition("@")[2]
    query = urlencode({**dict(parse_qsl(parts.query)), **options})
    return parts._replace(
        netloc=f"{quote(user)}:{quote(password)}@{hosts}", path=parts.path or "/", query=query
    ).geturl()
