"""The demo province's board: told by its use cases, told once, and as the documents want it."""

from datetime import UTC, datetime
from typing import Any, cast

import pytest

from infra.kernel.ids import natural_id
from infra.kernel.verdicts import Accepted
from infra.local.secret_store import DEMO_LOGINS
from services.board.demo import WITH_A_FIRST_PASSWORD, DemoProvince
from services.board.domain.account import Account
from services.board.domain.office import Office, office_id
from services.board.domain.team import Team, team_id
from tests.builders.board import account_of, act_of
from tests.builders.board_in_memory import BoardInMemory

TODAY = datetime(2026, 11, 21, 2, tzinfo=UTC)
PASSWORDS = {login: f"Demo.{number}xYz.{number}!" + "0" * 4 for number, login in enumerate(DEMO_LOGINS)}


@pytest.fixture(scope="module")
def demo() -> BoardInMemory:
    board = BoardInMemory()
    DemoProvince(cast(Any, board), PASSWORDS).load()
    return board


def test_telling_the_story_twice_records_nothing_new(demo: BoardInMemory) -> None:
    before, people = demo.log.head, dict(demo.people.records)

    DemoProvince(cast(Any, demo), PASSWORDS).load()

    assert demo.log.head == before
    assert demo.people.records == people


def test_nothing_in_the_story_was_refused(demo: BoardInMemory) -> None:
    assert "board.attempt.refused" not in demo.log.topics()


@pytest.mark.parametrize("seat", ["head", "standing-deputy", "secretary", "deputy"])
def test_the_leading_seats_are_held_by_the_accounts_of_their_names(demo: BoardInMemory, seat: str) -> None:
    assert demo.log.load(Office, office_id(seat)).holder(TODAY) == account_of(seat)


def test_the_teams_are_staffed_within_their_limits(demo: BoardInMemory) -> None:
    content, technical = (demo.log.load(Team, team_id(team)) for team in ("content-team", "technical-team"))

    assert all(content.has(account_of(f"editor{number}"), TODAY) for number in (1, 2, 3, 4))
    assert all(technical.has(account_of(f"tech{number}"), TODAY) for number in (1, 2))


@pytest.mark.parametrize("login", DEMO_LOGINS)
def test_every_demo_account_signs_in_with_the_printed_password(demo: BoardInMemory, login: str) -> None:
    act = act_of(login, "account-holder", TODAY)

    assert isinstance(demo.door.sign_in(PASSWORDS[login], natural_id("session", login), act=act), Accepted)


@pytest.mark.parametrize("login", DEMO_LOGINS)
def test_only_one_demo_account_still_has_its_first_password(demo: BoardInMemory, login: str) -> None:
    account = demo.log.load(Account, account_of(login))

    assert account.must_change_password == (login == WITH_A_FIRST_PASSWORD)
