"""What the board decides reaches the other services over RabbitMQ, and counts there within a second."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from infra.kernel.clock import system_clock
from infra.kernel.verdicts import Accepted
from infra.local.mongod import Mongod
from infra.local.rabbitmq import RabbitMq
from infra.local.secret_store import DEMO_LOGINS
from infra.messaging.blocking_rpc import BlockingRpc
from infra.read_store.authority import AuthorityStore
from services.board.bootstrap import Desk, desk
from services.board.demo import DemoProvince
from services.board.domain.decision import Decision
from services.board.domain.delegation import delegation_id
from services.board.messages import PersonName
from tests.builders.board import account_of, act_of
from tests.builders.processes import Running
from tests.builders.province import Province
from tests.builders.waiting import until

pytestmark = pytest.mark.servers

WITHIN_S = 1.0
PASSWORDS = {login: f"Demo.{number}xYz.{number}!0000" for number, login in enumerate(DEMO_LOGINS)}
IN_FORCE = Decision("01/QĐ-STTTT", date(2026, 1, 2))
PROCESSES = (
    ("bus-board", "infra.messaging.bus", "services.board.service:BoardService"),
    ("bus-content", "infra.messaging.bus", "services.content.service:ContentService"),
    ("relay", "infra.messaging.relay", "board"),
)


@dataclass
class Told:
    """The demo board, running, and what content knows of it."""

    board: Desk
    content: AuthorityStore
    amqp_url: str

    def delegated(self) -> bool:
        """Tell whether content would let the secretary publish now."""
        found = self.content.current().delegation("standing-deputy", "secretary", "publish", system_clock())
        return found is not None


@pytest.fixture(scope="module")
def told(mongod: Mongod, rabbitmq: RabbitMq, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    province, folder = Province(mongod, rabbitmq), tmp_path_factory.mktemp("told")
    profiles = folder / "profiles"
    profiles.mkdir()
    (profiles / province.profile).symlink_to(Path("profiles/binh-phuoc").absolute())
    settings = province.service("board").model_copy(update={"profiles_dir": profiles})
    content = province.service("content").store_database
    province.service("audit")
    board = desk(settings)
    DemoProvince(board.commands, PASSWORDS).load()
    environment = {**province.environment(), "PROFILES_DIR": str(profiles), "VAR_DIR": str(folder)}
    with ExitStack() as running:
        for name, *command in PROCESSES:
            process = Running(*command, environment=environment, output=folder / f"{name}.log")
            running.enter_context(process).await_line("process_ready")
        with MongoClient[dict[str, Any]](mongod.url, tz_aware=True, uuidRepresentation="standard") as client:
            yield Told(board, AuthorityStore(client[content]), settings.amqp_url)
    board.store.client.close()
    province.close()


def test_a_delegation_taken_back_is_out_of_force_everywhere_within_a_second(told: Told) -> None:
    until(told.delegated)
    now = system_clock()
    act = replace(act_of("head", "head"), at=now)

    verdict = told.board.commands.delegations.revoke(delegation_id(IN_FORCE), Decision("9/QĐ", now.date()), act=act)

    assert isinstance(verdict, Accepted)
    until(lambda: not told.delegated(), WITHIN_S)


def test_a_suspended_account_is_closed_everywhere_within_a_second(told: Told) -> None:
    editor = account_of("editor1")
    until(lambda: told.content.account(editor))
    act = replace(act_of("tech1", "technical-team"), at=system_clock())

    verdict = told.board.commands.accounts.suspend(editor, "misuse", act=act)

    assert isinstance(verdict, Accepted)
    until(lambda: _is_closed(told, editor), WITHIN_S)


def test_other_services_ask_for_names_and_for_the_log(told: Told) -> None:
    asked = [str(account_of("head")), str(account_of("nobody"))]
    with BlockingRpc(told.amqp_url, "board") as remote:
        answer = remote.call("board", "people_of", accounts=asked)
        page = remote.call("board", "log_page", after=0, limit=1)

    assert [PersonName.read(entry).name for entry in answer] == ["Lê Thị Hồng Phượng", ""]
    assert [event["type"] for event in page] == ["board.office.established"]


def _is_closed(told: Told, account: Any) -> bool:
    standing = told.content.account(account)
    return standing is not None and not standing.active
