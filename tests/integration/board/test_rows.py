"""The board on a real MongoDB: rows follow the log, rebuild alike, and say who may act."""

from typing import Any

import pytest
from pymongo.database import Database

from infra.event_store import EVENTS, LogReader, create_log
from infra.kernel.ids import natural_id
from infra.kernel.verdicts import Accepted
from infra.read_store.people import People
from infra.read_store.positions import Positions
from infra.read_store.projector import Projector
from services.board.application.log import BoardLog
from services.board.domain.delegation import Grant
from services.board.projections import PROJECTOR, BoardRows
from services.board.queries.board import BoardQueries
from tests.builders.board import DAY, DECISION, ERASURE, NOON, account_of, act_of
from tests.builders.board_in_memory import PASSWORD, PROFILE, BoardInMemory, a_staffed_board

pytestmark = pytest.mark.servers

Store = Database[dict[str, Any]]


@pytest.fixture
def board(log_database: Store, store_database: Store) -> BoardInMemory:
    create_log(log_database)
    return a_staffed_board(BoardInMemory(log=BoardLog(log_database), people=People(store_database)))


@pytest.fixture
def rows(store_database: Store) -> BoardRows:
    return BoardRows(store_database)


@pytest.fixture
def projector(log_database: Store, store_database: Store, rows: BoardRows) -> Projector:
    reader = LogReader(log_database[EVENTS])
    return Projector(reader, "board", rows.project, Positions(store_database), PROJECTOR, rows.all)


def follow(projector: Projector) -> None:
    while projector.step():
        pass


def contents(rows: BoardRows) -> list[list[dict[str, Any]]]:
    return [sorted(each.each(), key=lambda row: row["_id"]) for each in rows.all]


def test_the_authority_rows_say_what_the_log_says(board: BoardInMemory, projector: Projector, rows: BoardRows) -> None:
    board.delegations.give(
        Grant("secretary", "publish", NOON, NOON + DAY), DECISION, act=act_of("standing-deputy", "standing-deputy")
    )
    follow(projector)

    authority = rows.authority.current()

    assert authority.holder("secretary", NOON) == account_of("secretary")
    assert authority.holder("secretary", NOON - DAY.resolution) is None
    assert authority.capacities(account_of("editor1"), NOON) == {"content-team"}
    given = authority.delegation("standing-deputy", "secretary", "publish", NOON + DAY - DAY.resolution)
    assert given is not None
    assert given.number == DECISION.number
    assert authority.delegation("standing-deputy", "secretary", "publish", NOON + DAY) is None


def test_signing_out_and_suspending_reach_the_rows_that_every_door_asks(
    board: BoardInMemory, projector: Projector, rows: BoardRows
) -> None:
    session = natural_id("session")
    mine = act_of("editor1", "account-holder")
    assert isinstance(board.door.sign_in(PASSWORD, session, act=mine), Accepted)
    follow(projector)
    assert not rows.authority.session_ended(session)

    board.door.sign_out(session, act=mine)
    board.accounts.suspend(account_of("editor1"), "left", act=act_of("tech1", "technical-team", NOON + DAY))
    follow(projector)

    standing = rows.authority.account(account_of("editor1"))
    assert rows.authority.session_ended(session)
    assert standing is not None
    assert not standing.active
    assert standing.sessions_valid_from == NOON + DAY


@pytest.mark.usefixtures("board")
def test_rows_written_anew_are_the_same(projector: Projector, rows: BoardRows) -> None:
    follow(projector)
    before = contents(rows)

    for each in rows.all:
        each.clear()
    projector.positions.reset(PROJECTOR)
    follow(projector)

    assert contents(rows) == before
    assert any(before)


@pytest.mark.usefixtures("board")
def test_rows_heard_again_from_the_beginning_stay_as_they_are(projector: Projector, rows: BoardRows) -> None:
    follow(projector)
    before = contents(rows)

    projector.positions.reset(PROJECTOR)
    follow(projector)

    assert contents(rows) == before


def test_the_board_can_be_seen_as_it_was_at_any_instant(
    board: BoardInMemory, projector: Projector, rows: BoardRows
) -> None:
    by_the_head = act_of("head", "head")
    held = natural_id("secretary", "secretary", str(NOON))
    board.offices.release("secretary", held, NOON + DAY, DECISION, act=by_the_head)
    board.appoint("secretary", "editor1", by_the_head, since=NOON + DAY)
    follow(projector)
    queries = BoardQueries(rows, board.people, PROFILE)

    then, now = queries.seat("secretary", NOON), queries.seat("secretary", NOON + DAY)

    assert then is not None
    assert now is not None
    assert then.holder is not None
    assert now.holder is not None
    assert (then.holder.name, now.holder.name) == ("Người secretary", "Người editor1")
    assert len(now.history) == 2


def test_an_erased_person_has_no_name_on_any_page(board: BoardInMemory, projector: Projector, rows: BoardRows) -> None:
    board.issue("former", act_of("tech1", "technical-team", request="issue"))
    account = account_of("former")
    board.accounts.suspend(account, "left", act=act_of("tech1", "technical-team", request="suspend"))
    board.accounts.erase_person(account, ERASURE, act=act_of("tech1", "technical-team", request="erase"))
    follow(projector)
    queries = BoardQueries(rows, board.people, PROFILE)

    (person,) = queries.people_of([account])
    view = queries.account(account, NOON)

    assert person.name == ""
    assert view is not None
    assert (view.name, view.login, view.state) == ("", "", "erased")
