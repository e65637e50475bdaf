"""Witnesses elsewhere remember what a restore has lost: they do not make it fail, and everybody is told what follows."""

import shutil
from pathlib import Path
from threading import Event, Thread

import pytest

from infra.backup.stores import Stores
from infra.backup.witnesses import told
from infra.event_store import EVENTS, LogReader
from infra.local.mongod import Mongod
from infra.local.provision import MongoProvision
from services.audit.bootstrap import logs_over
from services.audit.log.appender import Appender
from services.audit.log.entries import ENTRIES
from services.audit.log.journal import Journal
from services.audit.log.key import signer
from services.audit.log.leaf import leaf_of
from services.audit.log.pledges import Pledge
from services.audit.log.witness import Witness
from services.audit.log.witnesses import JOURNAL, far_journals
from services.audit.monitor import watch_over
from services.audit.watch.memory import Finding, Memory
from services.audit.watch.pace import Pace
from tests.builders.waiting import until
from tests.integration.backup.conftest import SERVICES
from tests.integration.backup.terminal import Terminal
from tests.integration.backup.test_taking_and_restoring import Service

pytestmark = pytest.mark.servers

QUICK = Pace(shortest=0.1, aim=0.5, share=1.0, most=1.0, beat=0.05)


class Audited:
    """A service whose events are signed, and whose checkpoints are kept here and in a folder elsewhere."""

    def __init__(self, stores: Stores, var: Path, far: Path) -> None:
        self.name = f"{stores.prefix.replace('_', '-')}/audit-log"
        self.stores, self.var = stores, var
        self.signs = signer(self.name, var / "secrets")
        self.witness = Witness(var / "audit" / "checkpoint", self.signs.verifier)
        self.journals = [Journal(var / "audit" / "checkpoints", JOURNAL), *far_journals(str(far), self.name)]
        self.service = Service(stores)
        self.service.entries = stores.collection("content", "not_audited")

    def act(self, times: int) -> None:
        """Let something happen, be entered and signed, and the checkpoint be kept."""
        log = LogReader(self.stores.collection("content_log", EVENTS))
        appender = Appender(self.stores.collection("audit_log", ENTRIES), self.signs, self.witness)
        for _ in range(times):
            self.service.act()
            (e,) = log.page(log.head() - 1, 1)
            appender.append([leaf_of("content", e.position, e.topic, e.originator_id, e.version, e.state)])
            for journal in self.journals:
                journal.append([Pledge.of(journal.place, self.witness.note() or "")])


@pytest.fixture
def audited(province: Stores, tmp_path: Path) -> Audited:
    return Audited(province, tmp_path / "var", tmp_path / "far")


@pytest.fixture
def restored(audited: Audited, mongod: Mongod, tmp_path: Path) -> Terminal:
    """A province that went back from five entries to three; nobody has touched the witness elsewhere."""
    stores = audited.stores
    audited.act(3)
    taken = Terminal(mongod, stores.prefix, audited.var, str(tmp_path / "far")).run(
        "take", "--to", str(tmp_path / "copy")
    )
    assert taken.returncode == 0, taken.stderr
    audited.act(2)
    for name in stores.client.list_database_names():
        if name.startswith(stores.prefix):
            stores.client.drop_database(name)
    for service in SERVICES:
        MongoProvision(mongod.url, stores.prefix).log(service)
    return Terminal(mongod, stores.prefix, tmp_path / "new", str(tmp_path / "far"))


def test_a_witness_that_remembers_more_is_told_and_the_backup_is_restored(
    restored: Terminal, audited: Audited, tmp_path: Path
) -> None:
    far = tmp_path / "far" / f"{audited.name.replace('/', '-')}.checkpoints"

    said = restored.run("restore", str(tmp_path / "copy"))

    assert said.returncode == 0, said.stdout + said.stderr
    assert "Restored and intact" in said.stdout
    assert f"{far} remembers 5 entries of the audit log, which went back to 3" in said.stdout
    assert not (restored.var / "secrets" / "not-restored").exists()
    tampered = restored.run(module="services.audit.verify")
    assert (tampered.returncode, "audit-log entry 3 to 4 is cut off" in tampered.stdout) == (1, True)

    Audited(audited.stores, restored.var, tmp_path / "another").act(2)
    tampered = restored.run(module="services.audit.verify")
    assert (tampered.returncode, "is not what was signed" in tampered.stdout) == (1, True)
    shutil.copy(restored.var / "audit" / "checkpoints", far)
    assert restored.run(module="services.audit.verify").returncode == 0


def test_a_monitor_that_has_seen_more_waits_for_the_log_to_grow_beyond_it(
    restored: Terminal, audited: Audited, tmp_path: Path
) -> None:
    restored.run("restore", str(tmp_path / "copy"))
    stores = audited.stores
    databases = {name: stores.client[f"{stores.prefix}_{name}_log"] for name in ("content", "audit")}
    logs = logs_over(databases, audited.name, restored.var, str(tmp_path / "far"))
    memory = Memory(stores.client[f"{stores.prefix}_audit"], logs.seal)
    stop = Event()
    watch = watch_over(logs, databases["audit"], stores.client[f"{stores.prefix}_audit"], stop, QUICK)
    thread = Thread(target=watch.run, args=(stop,))
    thread.start()
    try:
        until(lambda: "audit-log/3 truncated" in there(memory), 30)

        shutil.copy(restored.var / "audit" / "checkpoints", tmp_path / "far" / logs.witnesses.far[0]._path.name)
        until(lambda: there(memory) == {f"witness:{tmp_path / 'far'}/5 lost"}, 30)

        Audited(stores, restored.var, tmp_path / "far").act(3)
        until(lambda: there(memory) == set(), 30)
        assert memory.open() == 2
    finally:
        stop.set()
        thread.join()


def there(memory: Memory) -> set[str]:
    found: list[Finding] = memory.findings(10)
    return {each.name for each in found if each.there}


@pytest.mark.parametrize("content", ["no line of JSON\n", '{"size": "many"}\n', "[]\n"])
def test_a_witness_that_cannot_be_asked_is_told_too(tmp_path: Path, content: str) -> None:
    for folder in ("empty", "broken"):
        (tmp_path / folder).mkdir()
    (tmp_path / "broken" / "binh-phuoc-audit-log.checkpoints").write_text(content, encoding="ascii")
    folders = f"{tmp_path}/empty, {tmp_path}/broken,,{tmp_path}/away"

    (sentence,) = told(folders, "binh-phuoc", 3)

    assert sentence.startswith(f"The witness {tmp_path}/broken/binh-phuoc-audit-log.checkpoints cannot be asked")


def test_without_witnesses_elsewhere_nothing_is_told() -> None:
    assert list(told("", "binh-phuoc", 3)) == []
