"""Audit's own copy of who may act, and of names, follows the board; an erased name is gone."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from pymongo.database import Database

from infra.kernel.offices import REVIEWER
from infra.read_store.authority import AuthorityStore
from infra.read_store.people import People
from services.audit.reactions import BoardReactions
from services.board import messages as board
from services.board.messages import PersonName
from tests.builders.audit import MORNING, Telling, account_of

pytestmark = pytest.mark.servers

ACCOUNT = account_of(REVIEWER)


class Directory:
    """The board's directory, as RPC would answer from it."""

    def __init__(self) -> None:
        self.asked: list[UUID] = []

    def names_of(self, accounts: Sequence[UUID]) -> Sequence[PersonName]:
        self.asked += accounts
        return [PersonName(account, "Phan Thế Vinh" if account == ACCOUNT else "") for account in accounts]


@pytest.fixture
def reactions(store_database: Database[dict[str, Any]]) -> BoardReactions:
    return BoardReactions(AuthorityStore(store_database), People(store_database), Directory().names_of)


def test_an_appointment_counts_as_soon_as_it_is_heard(
    reactions: BoardReactions, store_database: Database[dict[str, Any]]
) -> None:
    told = Telling("board")
    held = {"since": MORNING.isoformat(), "until": None, "account": str(ACCOUNT), "capacity": REVIEWER}
    told.tell(board.TEAM_ADMITTED, UUID(int=1), place="p1", **held)

    reactions.react(told.told)
    reactions.react(told.told)

    assert AuthorityStore(store_database).current().holds(ACCOUNT, REVIEWER, MORNING)


def test_a_name_is_learnt_with_the_account_and_gone_when_the_board_has_erased_it(
    reactions: BoardReactions, store_database: Database[dict[str, Any]]
) -> None:
    people, told = People(store_database), Telling("board")
    told.tell(board.ACCOUNT_ISSUED, ACCOUNT, unit="centre", person_hash="ab" * 32)
    reactions.react(told.told)
    assert people.name_of(str(ACCOUNT)) == "Phan Thế Vinh"

    told.tell(board.ACCOUNT_PERSON_ERASED, ACCOUNT)
    reactions.react(told.told[1:])

    assert people.get(str(ACCOUNT)) is None


def test_somebody_whom_the_board_has_erased_already_has_no_name(
    reactions: BoardReactions, store_database: Database[dict[str, Any]]
) -> None:
    told = Telling("board")
    told.tell(board.ACCOUNT_ISSUED, UUID(int=9), unit="centre", person_hash="ab" * 32)

    reactions.react(told.told)

    assert People(store_database).get(str(UUID(int=9))) is None
