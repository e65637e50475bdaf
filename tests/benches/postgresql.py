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
_NO_CLUSTER = Path("/etc/postgresql-common/createcluster.conf")
_USER = "postgres"


@contextmanager
def postgresql() -> Iterator[int]:
    """Run a server on a free port of this machine, with its data in a temporary folder; give the port."""
    _install()
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
        recorder = PostgresApplicationRecorder(self._datastore, events_table_name=f"events_{token_hex(4)}")
        recorder.create_table()
        return recorder


def _install() -> None:
    """Install PostgreSQL if it is missing, without the server that Debian would start for everybody."""
    if not _NO_CLUSTER.exists() and not _NO_CLUSTER.parent.exists() and os.geteuid() == 0:
        _NO_CLUSTER.parent.mkdir(parents=True)
        _NO_CLUSTER.write_text("create_main_cluster = false\n", "ascii")
    provide("postgresql", f"{_BINARIES}/initdb")


def _own(folder: Path) -> None:
    """The server refuses to run as root: the folder belongs to the user that it runs as."""
    if os.geteuid() == 0:
        shutil.chown(folder, _USER, _USER)


def _run(*command: object) -> None:
    user = {"user": _USER, "group": _USER, "extra_groups": []} if os.geteuid() == 0 else {}
    done = subprocess.run(
        [str(word) for word in command],
        cwd="/",
        capture_output=False,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
        **user,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} ended with {done.returncode}")
