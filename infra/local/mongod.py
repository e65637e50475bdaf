"""A MongoDB server of our own: one node of a replica set, authentication on, reachable from this machine only."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import AutoReconnect, OperationFailure, PyMongoError

from infra.local import preflight
from infra.local.programs import Program
from infra.local.waiting import await_server

ADMINISTRATOR = "administrator"
_REPLICA_SET = "portal"
_ALREADY_INITIALIZED = 23
_CACHE_GB = 0.5
_OPLOG_MB = 256
_START_TIMEOUT_S = 90


@dataclass(frozen=True, slots=True)
class Mongod:
    """A server with its data in `directory`; `password` is the administrator's."""

    directory: Path
    port: int
    password: str

    @property
    def url(self) -> str:
        """The administrator's address."""
        return f"mongodb://{ADMINISTRATOR}:{self.password}@{self._host}/?replicaSet={_REPLICA_SET}&authSource=admin"

    @property
    def log(self) -> Path:
        """The file with the server's own log."""
        return self.directory / "mongod.log"

    def prepare(self) -> Program:
        """Check what the machine must have, write what the server needs, and return how to run it."""
        preflight.processor_can_run_mongod()
        preflight.port_is_free(self.port, "MongoDB", "MONGO_PORT")
        preflight.disk_has_room(self.directory)
        (self.directory / "data").mkdir(exist_ok=True)
        self._write_key()
        return Program("mongod", self._command(), {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}, self.directory)

    def await_ready(self, alive: Callable[[], bool], timeout_s: float = _START_TIMEOUT_S) -> None:
        """Wait until the administrator can write; on the first start, found the replica set and the administrator."""
        await_server("MongoDB", self.log, self._is_ready, alive, timeout_s)

    def _is_ready(self) -> bool:
        try:
            with self._client(username=ADMINISTRATOR, password=self.password) as client:
                return self._is_primary(client)
        except OperationFailure:
            return self._found()
        except PyMongoError:
            return False

    def _is_primary(self, client: MongoClient[dict[str, Any]]) -> bool:
        """Tell whether this node takes writes; a node whose port has changed is first told its new name."""
        config = client.admin.command("replSetGetConfig")["config"]
        if config["members"][0]["host"] != self._host:
            config["members"][0]["host"] = self._host
            config["version"] += 1
            client.admin.command("replSetReconfig", config, force=True)
        return bool(client.admin.command("hello")["isWritablePrimary"])

    def _found(self) -> bool:
        """Use MongoDB's exception for local connections, which ends with the first user."""
        try:
            with self._client() as client:
                self._initiate(client)
                if client.admin.command("hello")["isWritablePrimary"]:
                    client.admin.command("createUser", ADMINISTRATOR, pwd=self.password, roles=["root"])
        except AutoReconnect:
            return False
        return False

    def _initiate(self, client: MongoClient[dict[str, Any]]) -> None:
        config = {"_id": _REPLICA_SET, "members": [{"_id": 0, "host": self._host}]}
        try:
            client.admin.command("replSetInitiate", config)
        except OperationFailure as failure:
            if failure.code != _ALREADY_INITIALIZED:
                raise

    def _client(self, **user: str) -> MongoClient[dict[str, Any]]:
        return MongoClient(self._host, directConnection=True, serverSelectionTimeoutMS=500, **user)  # type: ignore[arg-type]

    @property
    def _host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def _key(self) -> Path:
        return self.directory / "key"

    def _write_key(self) -> None:
        """Write the secret that members of a replica set share; authentication asks for it even when there is one."""
        if not self._key.exists():
            self._key.touch(mode=0o600)
            self._key.write_text(secrets.token_hex(64), encoding="ascii")
        self._key.chmod(0o600)

    def _command(self) -> tuple[str, ...]:
        return (
            str(preflight.mongod_binary()),
            *("--dbpath", str(self.directory / "data"), "--logpath", str(self.log), "--logappend", "--quiet"),
            *("--bind_ip", "127.0.0.1", "--port", str(self.port), "--nounixsocket"),
            *("--replSet", _REPLICA_SET, "--keyFile", str(self._key), "--oplogSize", str(_OPLOG_MB)),
            *("--wiredTigerCacheSizeGB", str(_CACHE_GB)),
            *("--setParameter", "diagnosticDataCollectionEnabled=false"),
            # A single node has nobody to hand its work over to, so that waiting for a successor only delays the stop.
            *("--setParameter", "shutdownTimeoutMillisForSignaledShutdown=100"),
        )
