"""Servers that are to become one replica set: the same key in each, and an administrator in the first, as containers have them."""

import subprocess
from pathlib import Path
from typing import Any, Self

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from infra.local.mongod import ADMINISTRATOR, Mongod
from infra.local.programs import start, stop
from tests.builders.waiting import until

PASSWORD = "secret"
_ONLY_IN_A_SET = ("--replSet", "--keyFile", "--oplogSize")


class Node:
    """A mongod of a set that is not founded yet; runs while it is entered."""

    def __init__(self, directory: Path, port: int, *, has_administrator: bool = False) -> None:
        directory.mkdir(parents=True)
        key = directory / "key"
        key.touch(mode=0o600)
        key.write_text("a key that all nodes share".replace(" ", "0"), encoding="ascii")
        self.host = f"127.0.0.1:{port}"
        self._server = Mongod(directory, port, PASSWORD)
        self._has_administrator = has_administrator
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        program = self._server.prepare()
        if self._has_administrator:
            self._make_administrator(program.command)
        self._process = start(program, self._server.directory / "output")
        until(self._answers)
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.kill()
            stop(self._process)

    def _make_administrator(self, command: tuple[str, ...]) -> None:
        """Start the server outside any set for a moment, as the image does on its first start."""
        skipped = {place + offset for place, word in enumerate(command) if word in _ONLY_IN_A_SET for offset in (0, 1)}
        alone = [word for place, word in enumerate(command) if place not in skipped]
        with subprocess.Popen(alone) as process:
            until(self._answers)
            with self._client() as client:
                client.admin.command("createUser", ADMINISTRATOR, pwd=PASSWORD, roles=["root"])
            process.terminate()

    def _answers(self) -> bool:
        try:
            with self._client() as client:
                return bool(client.admin.command("hello")["ok"])
        except PyMongoError:
            return False

    def _client(self) -> MongoClient[dict[str, Any]]:
        return MongoClient(self.host, directConnection=True, serverSelectionTimeoutMS=500)
