"""A PostgreSQL of our own with its default settings, and the library's recorder on it: the control of appends."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore

from infra.local.ports import free_ports
from tests.benches.packages import provide

_BINARIES = "/usr/lib/postgresql/*/bin"
_USER = "postgres"


@contextmanager
def postgresql() -> Iterator[int]:
    """Run a server on a free port of this machine, with its data in a temporary folder; give the port."""
    provide("postgresql", f"{_BINARIES}/initdb")
    binaries = max(Path("/").glob(_BINARIES.lstrip("/")))
    folder = Path(tempfile.mkdtemp(prefix="bench-postgresql-"))
    (port,) = free_ports(1)
    try:
        _own(folder)
        _run(binaries / "initdb", "-D", folder / "data", "-U", _USER, "-A", "trust", "--locale=C.UTF-8")
        settings = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
        _run(binaries / "pg_ctl", "-D", folder / "data", "-l", folder / "log", "-o", settings, "-w", "start")
        try:
            yield port
        finally:
            _run(binaries / "pg_ctl", "-D", folder / "data", "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def library_recorders(port: int) -> Iterator["LibraryRecorders"]:
    """Give the library's recorder with the connections that its own factory would make."""
    datastore = PostgresDatastore(_USER, "127.0.0.1", port, _USER, "", pool_size=5, max_overflow=10)
    try:
        yield LibraryRecorders(datastore)
    finally:
        datastore.close()


class LibraryRecorders:
    """Makes recorders, each on a fresh table."""

    def __init__(self, datastore: PostgresDatastore) -> None:
        self._datastore = datastore

    def fresh(self) -> PostgresApplicationRecorder:
        recorder = self.on(f"events_{token_hex(4)}")
        recorder.create_table()
        return recorder

    def on(self, table: str) -> PostgresApplicationRecorder:
        return PostgresApplicationRecorder(self._datastore, events_table_name=table)


def _own(folder: Path) -> None:
    """The server refuses to run as root: the folder belongs to the user that it runs as."""
    if os.geteuid() == 0:
        shutil.chown(folder, _USER, _USER)


def _run(*command: object) -> None:
    user = {"user": _USER, "group": _USER, "extra_groups": []} if os.geteuid() == 0 else {}
    words = [str(word) for word in command]
    # The server that `pg_ctl` starts keeps these files open, so that they cannot be pipes to us.
    subprocess.run(words, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True, **user)
