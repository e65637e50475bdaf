"""Somebody is erased on the board, on real servers: every copy of the record goes, and everything that was proved stays so."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import pytest
from bson import json_util
from pymongo import MongoClient

from infra.event_store import connect
from infra.kernel.act import Act
from infra.kernel.ids import natural_id
from infra.kernel.offices import REVIEWER, TECHNICAL_TEAM
from infra.kernel.verdicts import Accepted, Refusal
from infra.local.mongod import Mongod
from infra.local.provision import MongoProvision
from infra.local.rabbitmq import RabbitMq
from infra.messaging.blocking_rpc import BlockingRpc
from infra.read_store.people import People
from services.audit import bootstrap as audit
from services.audit.application import Order
from services.audit.log.proving import holds
from services.audit.packs.shelf import Shelf, Stage
from services.audit.queries.criteria import Criteria
from services.board.bootstrap import Desk as BoardDesk
from services.board.bootstrap import desk as board_desk
from services.board.demo import DemoProvince
from services.board.domain.account import account_id
from services.board.domain.decision import Decision
from services.board.domain.erasure import Erasure
from tests.builders.audit_office import PASSWORDS
from tests.builders.processes import Running
from tests.builders.province import Province
from tests.builders.waiting import until

pytestmark = pytest.mark.servers

AS_TEXT = json_util.JSONOptions(uuid_representation=4)
PROCESSES = {
    "board": ("infra.messaging.bus", "services.board.service:BoardService"),
    "content": ("infra.messaging.bus", "services.content.service:ContentService"),
    "audit": ("infra.messaging.bus", "services.audit.service:AuditService"),
    "relay": ("infra.messaging.relay", "board"),
    "audit relay": ("infra.messaging.relay", "audit"),
}
LOGIN, NAME = "former-deputy", "Cao Xuân Hậu"
ERASURE = Erasure("asked", Decision("15/CV-STTTT", date(2026, 11, 1)))
NOON = datetime(2026, 11, 21, 5, tzinfo=UTC)


def an_act(login: str, capacity: str, request: str) -> Act:
    return Act(account_id(login), capacity, NOON, natural_id("erasure", request))


@dataclass
class Portal:
    """Board, content and audit service of one province, as they run."""

    province: Province
    board: BoardDesk
    audit: audit.Desk
    environment: dict[str, str]
    folder: Path
    admin: MongoClient[dict[str, Any]]

    def verify(self) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "services.audit.verify"]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=60, check=False)

    def settle(self) -> None:
        """Wait until the audit log holds every event there is."""
        readers = self.audit.logs.services.values()
        until(lambda: self.audit.queries.size() == sum(reader.head() for reader in readers))

    def stored(self) -> str:
        """Return everything that any service of the province has stored, as one text."""
        prefix = self.province.profile.replace("-", "_")
        names = [name for name in self.admin.list_database_names() if name.startswith(prefix)]
        collections = [self.admin[name][each] for name in names for each in self.admin[name].list_collection_names()]
        return "\n".join(
            json_util.dumps(document, ensure_ascii=False, json_options=AS_TEXT)
            for each in collections
            for document in each.find()
        )

    def written(self) -> bytes:
        """Return everything that lies in the folder of the running system, zips unpacked."""
        files = [path for path in self.folder.rglob("*") if path.is_file() and "profiles" not in path.parts]
        zips = [ZipFile(path) for path in files if path.suffix == ".zip"]
        return b"\n".join(
            [path.read_bytes() for path in files] + [pack.read(name) for pack in zips for name in pack.namelist()]
        )


@pytest.fixture
def portal(mongod: Mongod, rabbitmq: RabbitMq, mongo_admin: Any, tmp_path: Path) -> Iterator[Portal]:
    province, folder = Province(mongod, rabbitmq), tmp_path / "var"
    profiles = tmp_path / "profiles"
    profiles.mkdir()
    folder.mkdir()
    (profiles / province.profile).symlink_to(Path("profiles/binh-phuoc").absolute())
    own = {"profiles_dir": profiles, "var_dir": folder}
    board = board_desk(province.service("board").model_copy(update=own))
    settings = province.service("audit").model_copy(update=own)
    province.service("content")
    verifying = MongoProvision(mongod.url, province.profile.replace("-", "_")).verifier([*audit.AUDITED], "secret")
    given = {"AUDIT_VERIFIER_MONGO_URL": verifying, "VAR_DIR": str(folder), "PROFILES_DIR": str(profiles)}
    environment = {**province.environment(), **given}
    with ExitStack() as open_now:
        reads, writes = (open_now.enter_context(connect(url)) for url in (verifying, settings.mongo_url))
        rpc = open_now.enter_context(BlockingRpc(settings.amqp_url, "audit"))
        prefix = settings.database_prefix
        logs = {service: reads[f"{prefix}_{service}_log"] for service in audit.AUDITED}
        opened = audit.logs_over(logs, f"{province.profile}/audit-log", folder)
        shelf = Shelf(writes[settings.store_database], folder / audit.PACKS)
        desk = audit.desk_over(writes[settings.log_database], shelf, opened, audit.records_over(rpc))
        for name, command in PROCESSES.items():
            process = Running(*command, environment=environment, output=tmp_path / f"{name}.log")
            open_now.enter_context(process).await_line("process_ready", timeout_s=60)
        yield Portal(province, board, desk, environment, folder, mongo_admin)
    board.store.client.close()
    province.close()


def a_pack_with_names(portal: Portal) -> ZipFile:
    """Let the reviewer take everything away, with names."""
    signed = portal.audit.proving.signed()
    assert signed is not None
    act, pack_id = an_act("reviewer", REVIEWER, "pack"), natural_id("erasure", "pack")
    size, root = signed.checkpoint.size, signed.checkpoint.root.hex()
    order = Order("inspection", "Kiểm tra quý IV năm 2026", {}, named=True, entries=size, root=root)
    ordered = portal.audit.application.order_pack(pack_id, order, act=act)
    assert isinstance(ordered, Accepted), ordered
    portal.audit.shelf.put(pack_id, str(act.account), act.at)
    portal.settle()
    assert portal.audit.packs.step()
    kept = portal.audit.shelf.get(pack_id)
    assert kept is not None
    assert kept.stage is Stage.READY, kept.why
    return ZipFile(portal.audit.shelf.path(pack_id))


def refused(portal: Portal) -> None:
    """Whoever is in office is not erased, and whoever does not administer accounts erases nobody."""
    accounts = portal.board.commands.accounts

    in_office = accounts.erase_person(account_id("editor1"), ERASURE, act=an_act("tech1", TECHNICAL_TEAM, "in office"))
    not_entitled = accounts.erase_person(account_id(LOGIN), ERASURE, act=an_act("reviewer", REVIEWER, "not entitled"))

    assert isinstance(in_office, Refusal)
    assert in_office.code == "person_in_office"
    assert isinstance(not_entitled, Refusal)
    assert not_entitled.on_authority
    portal.settle()
    assert NAME in portal.stored()
    assert portal.audit.queries.search(Criteria(kind="board.attempt.refused")).items


def verified(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "verify_minhbach.py", ".", "--lang", "en"]
    return subprocess.run(command, cwd=folder, env={}, capture_output=True, text=True, timeout=60, check=False)


def test_erasing_a_person_removes_every_copy_everywhere_and_leaves_every_proof(portal: Portal, tmp_path: Path) -> None:
    DemoProvince(portal.board.commands, PASSWORDS).load()
    portal.settle()
    account = str(account_id(LOGIN))
    for service in ("content", "audit"):
        people = People(portal.admin[portal.province.service(service).store_database])
        until(lambda people=people: people.name_of(account) == NAME)  # type: ignore[misc]
    evidence = People(portal.board.store).evidence(account)
    assert evidence is not None
    entries = [entry.leaf.entry for entry in portal.audit.logs.entries.each()]
    before = [portal.audit.proving.proof(index) for index in range(len(entries))]
    a_pack_with_names(portal).extractall(tmp_path / "taken")
    assert verified(tmp_path / "taken").returncode == 0
    salt = json_util.dumps(evidence[1], json_options=AS_TEXT)
    assert (NAME in portal.stored(), salt in portal.stored(), NAME.encode() in portal.written()) == (True, True, True)

    refused(portal)
    by_a_technician = an_act("tech1", TECHNICAL_TEAM, "erase")
    erased = portal.board.commands.accounts.erase_person(UUID(account), ERASURE, act=by_a_technician)
    assert isinstance(erased, Accepted), erased
    portal.settle()

    until(lambda: NAME not in portal.stored())
    assert salt not in portal.stored()
    until(lambda: NAME.encode() not in portal.written())
    kept = portal.audit.shelf.get(natural_id("erasure", "pack"))
    assert (kept.stage, kept.why) == (Stage.REMOVED, "erased") if kept else False
    told = portal.audit.logs.stored("board", erased.position)
    assert told is not None
    assert json.loads(told.state) | {
        "ground": "asked",
        "decision": "15/CV-STTTT",
        "clause": "Law 91/2025 Đ14.1",
    } == json.loads(told.state)
    assert all(proof is not None and holds(proof) for proof in before)
    assert [portal.audit.proving.proof(index) is not None for index in range(len(entries))] == [True] * len(entries)
    intact = portal.verify()
    assert (intact.returncode, intact.stdout.splitlines()[-1]) == (0, "intact"), intact.stdout
    assert verified(tmp_path / "taken").returncode == 0, "what was taken away earlier still proves what it holds"
