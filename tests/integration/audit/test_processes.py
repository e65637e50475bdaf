"""The audit service as processes: it hears a real board over RabbitMQ, proves what it has heard, and is verified."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pymongo import MongoClient

from infra.event_store import EVENTS, LogReader
from infra.kernel.act import Act
from infra.kernel.ids import natural_id
from infra.kernel.verdicts import Accepted
from infra.local.mongod import Mongod
from infra.local.provision import MongoProvision
from infra.local.rabbitmq import RabbitMq
from infra.messaging.blocking_rpc import BlockingRpc
from infra.read_store.authority import AuthorityStore
from infra.read_store.people import People
from services.audit.log.checkpoint import SigningKey, VerifierKey
from services.audit.log.entries import ENTRIES, EntryLog
from services.audit.log.proving import holds
from services.audit.messages import InclusionProof, SignedCheckpoint
from services.board.application.accounts import NewAccount
from services.board.bootstrap import Desk
from services.board.bootstrap import desk as board_desk
from services.board.domain.account import account_id
from tests.builders.processes import Running
from tests.builders.province import Province
from tests.builders.waiting import until

pytestmark = pytest.mark.servers

AUDIT_BUS = ("infra.messaging.bus", "services.audit.service:AuditService")
BOARD_BUS = ("infra.messaging.bus", "services.board.service:BoardService")
BOARD_RELAY = ("infra.messaging.relay", "board")
PASSWORD = "Rừng cao su 2026!"


@dataclass
class Portal:
    """The board and the audit service of one province."""

    province: Province
    board: Desk
    environment: dict[str, str]
    folder: Path
    admin: MongoClient[dict[str, Any]]
    mongod: Mongod

    def process(self, name: str, *command: str) -> Running:
        return Running(*command, environment=self.environment, output=self.folder / f"{name}.log")

    @property
    def log(self) -> EntryLog:
        return EntryLog(self.admin[self.province.service("audit").log_database][ENTRIES])

    @property
    def board_events(self) -> Any:
        return self.admin[self.province.service("board").log_database][EVENTS]

    @property
    def head(self) -> int:
        return LogReader(self.board_events).head()

    def audited(self) -> bool:
        """Tell whether every event of the board has arrived."""
        return self.log.size() == self.head > 0

    def issue(self, login: str) -> None:
        act = Act(account_id("set-up"), "system", datetime(2026, 3, 2, 5, tzinfo=UTC), natural_id("test", login))
        issued = self.board.commands.accounts.issue(NewAccount(login, f"Người {login}", "centre"), PASSWORD, act=act)
        assert isinstance(issued, Accepted)

    def verify(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "services.audit.verify", *arguments]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def running(mongod: Mongod, rabbitmq: RabbitMq, mongo_admin: Any, tmp_path: Path) -> Iterator[Portal]:
    province = Province(mongod, rabbitmq)
    profiles = tmp_path / "profiles"
    profiles.mkdir()
    (profiles / province.profile).symlink_to(Path("profiles/binh-phuoc").absolute())
    board = board_desk(province.service("board").model_copy(update={"profiles_dir": profiles}))
    for name in ("content", "audit"):
        province.service(name)
    provision = MongoProvision(mongod.url, province.profile.replace("-", "_"))
    own = {
        "AUDIT_VERIFIER_MONGO_URL": provision.verifier(["board", "content", "audit"], "secret"),
        "VAR_DIR": str(tmp_path),
        "PROFILES_DIR": str(profiles),
    }
    yield Portal(province, board, {**province.environment(), **own}, tmp_path, mongo_admin, mongod)
    board.store.client.close()
    province.close()


@pytest.fixture
def hearing(running: Portal) -> Iterator[Portal]:
    """With the bus processes of both and the board's relay."""
    with ExitStack() as processes:
        for name, command in (("board", BOARD_BUS), ("audit", AUDIT_BUS), ("relay", BOARD_RELAY)):
            processes.enter_context(running.process(name, *command)).await_line("process_ready")
        yield running


def test_what_the_board_does_is_entered_with_its_people_known_by_name_beside_the_log(hearing: Portal) -> None:
    hearing.issue("reviewer")
    hearing.issue("secretary")
    until(hearing.audited)

    audit = hearing.province.service("audit")
    store = hearing.admin[audit.store_database]
    until(lambda: len(People(store).names_of([str(account_id(login)) for login in ("reviewer", "secretary")])) == 2)

    assert People(store).name_of(str(account_id("secretary"))) == "Người secretary"
    assert AuthorityStore(store).account(account_id("reviewer")) is not None
    assert all("Người" not in str(entry) for entry in hearing.log.each())


def test_an_entry_is_proved_to_whoever_asks_over_the_bus(hearing: Portal) -> None:
    for number in range(5):
        hearing.issue(f"editor{number}")
    until(hearing.audited)
    asking = hearing.province.service("gateway", tells=False)

    with BlockingRpc(asking.amqp_url, "gateway") as rpc:
        until(lambda: rpc.call("audit", "proof", entry="board/3") is not None)
        proof = InclusionProof.read(rpc.call("audit", "proof", entry="board/3"))
        checkpoint = SignedCheckpoint.read(rpc.call("audit", "checkpoint"))
        nothing = [rpc.call("audit", "proof", entry=entry) for entry in ("board/99", "nobody/1", "", "board/../3")]

    assert holds(proof)
    assert proof.leaf.startswith("board/3\nboard.account.issued\n")
    signed = VerifierKey.parse(checkpoint.key).checkpoint(checkpoint.note)
    assert (signed.size, signed.root.hex()) == (checkpoint.size, checkpoint.root) == (5, proof.root)
    assert nothing == [None] * 4


def test_a_killed_process_enters_everything_once_when_it_is_back(running: Portal) -> None:
    with running.process("board", *BOARD_BUS) as board, running.process("relay", *BOARD_RELAY) as relay:
        board.await_line("process_ready")
        with running.process("audit", *AUDIT_BUS) as audit:
            audit.await_line("process_ready")
            relay.await_line("process_ready")
            running.issue("editor1")
            until(running.audited)
            running.issue("editor2")
            audit.kill()
        running.issue("editor3")
        with running.process("audit again", *AUDIT_BUS) as audit:
            until(running.audited)
            assert audit.stop() == 0

    assert [entry.leaf.entry for entry in running.log.each()] == ["board/1", "board/2", "board/3"]


def test_make_verify_tells_what_was_checked_and_says_intact(hearing: Portal) -> None:
    hearing.issue("editor1")
    hearing.issue("editor2")
    until(hearing.audited)

    verified = hearing.verify()

    assert verified.returncode == 0, verified.stderr
    assert verified.stdout.splitlines()[0] == "board             2 events in 2 commits, head 2"
    assert verified.stdout.splitlines()[-2].startswith("audit-log         2 entries, root ")
    assert verified.stdout.splitlines()[-1] == "intact"


def test_make_verify_works_with_broker_and_services_down_and_names_what_was_done(hearing: Portal) -> None:
    hearing.issue("editor1")
    hearing.issue("editor2")
    until(hearing.audited)
    hearing.province.lose_broker()
    events = hearing.board_events
    state = events.find_one({"_id": 2})["e"][0]["s"]
    events.update_one({"_id": 2}, {"$set": {"e.0.s": state.replace(b"centre", b"Centre")}})

    verified = hearing.verify()

    assert verified.returncode == 1
    assert "TAMPERED   board 2 was changed" in verified.stdout.splitlines()
    assert verified.stdout.splitlines()[-1] == "NOT INTACT"
    hearing.province.found_broker()


def test_make_verify_says_what_it_lacks_when_it_cannot_verify(running: Portal) -> None:
    running.environment["AUDIT_VERIFIER_MONGO_URL"] = ""

    verified = running.verify()

    assert verified.returncode == 2
    assert "AUDIT_VERIFIER_MONGO_URL is not set" in verified.stderr


def test_make_verify_proves_that_todays_log_extends_a_checkpoint_that_somebody_has_kept(hearing: Portal) -> None:
    kept = hearing.folder / "kept.txt"
    receipt = hearing.folder / "receipt.json"
    hearing.issue("editor1")
    until(hearing.audited)
    witness = hearing.folder / "audit" / "checkpoint"
    until(witness.exists)
    note = witness.read_text(encoding="utf-8")
    kept.write_text(note, encoding="utf-8")
    receipt.write_text(json.dumps({"checkpoint": note}), encoding="utf-8")
    hearing.issue("editor2")
    until(hearing.audited)

    verified = hearing.verify("--checkpoint", str(kept), "--checkpoint", str(receipt))

    assert verified.returncode == 0, verified.stdout
    assert verified.stdout.splitlines()[-2:] == [
        f"today's log begins with the 1 entries of {kept}",
        f"today's log begins with the 1 entries of {receipt}",
    ]


def test_make_verify_names_a_kept_checkpoint_that_todays_log_does_not_extend(hearing: Portal) -> None:
    hearing.issue("editor1")
    hearing.issue("editor2")
    until(hearing.audited)
    key = Ed25519PrivateKey.from_private_bytes((hearing.folder / "secrets" / "audit-log.key").read_bytes())
    name = f"{hearing.province.profile}/audit-log"
    other = hearing.folder / "other.txt"
    other.write_text(SigningKey(name, key).sign(1, bytes(32)), encoding="utf-8")
    longer = hearing.folder / "longer.txt"
    longer.write_text(SigningKey(name, key).sign(9, bytes(32)), encoding="utf-8")

    contradicted, cut_off = hearing.verify("--checkpoint", str(other)), hearing.verify("--checkpoint", str(longer))

    assert (contradicted.returncode, cut_off.returncode) == (1, 1)
    assert "TAMPERED   audit-log entry 0 is not what was signed" in contradicted.stdout
    assert "TAMPERED   audit-log entry 2 to 8 is cut off" in cut_off.stdout
    assert hearing.verify("--checkpoint", __file__).returncode == 2


def test_make_verify_proves_nothing_where_nothing_outside_the_database_remembers(hearing: Portal) -> None:
    hearing.issue("editor1")
    until(hearing.audited)
    witness = hearing.folder / "audit" / "checkpoint"
    until(witness.exists)
    witness.unlink()

    verified = hearing.verify()

    assert verified.returncode == 2
    assert verified.stdout.splitlines()[-1] == "UNPROVEN"


def test_the_monitor_runs_with_no_rights_but_its_own(running: Portal) -> None:
    own = {name: url for name, url in running.environment.items() if "_URL" not in name}
    provision = MongoProvision(running.mongod.url, running.province.profile.replace("-", "_"))
    own["MONITOR_MONGO_URL"] = provision.monitor(["board", "content", "audit"], "secret")
    with (
        running.process("board", *BOARD_BUS) as board,
        running.process("audit", *AUDIT_BUS) as audit,
        running.process("relay", *BOARD_RELAY),
        Running("services.audit.monitor", environment=own, output=running.folder / "monitor.log") as monitor,
    ):
        for each in (board, audit, monitor):
            each.await_line("process_ready")
        running.issue("editor1")
        until(running.audited)
        store = running.admin[running.province.service("audit").store_database]
        until(lambda: (store["monitor"].find_one({"_id": "state"}) or {}).get("state") == "intact", 60)
        events = running.board_events
        state = events.find_one({"_id": 1})["e"][0]["s"]
        events.update_one({"_id": 1}, {"$set": {"e.0.s": state.replace(b"centre", b"Centre")}})

        monitor.await_line("tampering_found")
        until(lambda: store["monitor"].find_one({"_id": "state"})["state"] == "tampered", 60)
        assert monitor.stop() == 0
