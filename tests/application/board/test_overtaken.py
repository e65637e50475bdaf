"""What holds when somebody else acts on the same account at the same moment, and when the store goes away in between."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from infra.event_store.errors import StoreUnavailable
from infra.kernel.ids import natural_id
from infra.kernel.verdicts import Accepted, Refusal, Verdict
from services.board.domain.account import Account
from tests.builders.board import NOON, account_of, act_of
from tests.builders.board_in_memory import PASSWORD, BoardInMemory, MemoryLog, MemoryPeople, a_staffed_board

SESSION = natural_id("session")
RESET, CHOSEN = "Sông Bé xanh trong 7!", "Buổi sớm đồi chè 8?"
LATER = NOON + timedelta(seconds=1)
TRIES = 8

Happens = Callable[[], object]


class ShakyLog(MemoryLog):
    """Once an account was loaded, what is waiting happens before anything is decided on it; and the store may be away."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: list[Happens] = []
        self.away = False

    def find(self, kind: Any, subject: UUID) -> Any:
        found = super().find(kind, subject)
        if kind is Account and self.waiting:
            self.waiting.pop()()
        return found

    def save(self, *aggregates: Any, **metadata: Any) -> Any:
        if self.away and any(aggregate.pending_events for aggregate in aggregates):
            raise StoreUnavailable
        return super().save(*aggregates, **metadata)


class ShakyPeople(MemoryPeople):
    """What is waiting happens just before, or just after, a hash is kept."""

    def __init__(self) -> None:
        super().__init__()
        self.before: list[Happens] = []
        self.after: list[Happens] = []

    def put(self, key: str, record: Mapping[str, Any]) -> str:
        self._happen(self.before)
        hashed = super().put(key, record)
        self._happen(self.after)
        return hashed

    def swap(self, key: str, before: Mapping[str, Any] | None, record: Mapping[str, Any]) -> bool:
        self._happen(self.before)
        return super().swap(key, before, record)

    @staticmethod
    def _happen(waiting: list[Happens]) -> None:
        if waiting:
            waiting.pop()()


@pytest.fixture
def board() -> BoardInMemory:
    return a_staffed_board(BoardInMemory(ShakyLog(), ShakyPeople()))


def signed_in(board: BoardInMemory, password: str = PASSWORD, request: str = "sign-in") -> Verdict:
    return board.door.sign_in(password, SESSION, act=act_of("editor1", "account-holder", LATER, request))


def reset(board: BoardInMemory, request: str = "reset") -> Verdict:
    act = act_of("tech1", "technical-team", request=request)
    return board.accounts.reset_password(account_of("editor1"), RESET, act=act)


def chosen(board: BoardInMemory, request: str = "choose") -> Verdict:
    act = act_of("editor1", "account-holder", request=request)
    return board.accounts.choose_password(PASSWORD, CHOSEN, act=act)


def suspended(board: BoardInMemory) -> Verdict:
    return board.accounts.suspend(account_of("editor1"), "misuse", act=act_of("tech1", "technical-team"))


def sessions_ended(board: BoardInMemory) -> Verdict:
    return board.door.end_sessions(act=act_of("editor1", "account-holder"))


def code_of(verdict: Verdict) -> str | None:
    return verdict.code if isinstance(verdict, Refusal) else None


def opens(board: BoardInMemory, password: str) -> bool:
    """Try a password without leaving a trace that locks the account."""
    verdict = signed_in(board, password, request=f"try {password}")
    board.accounts.unlock(account_of("editor1"), act=act_of("tech1", "technical-team", LATER, f"unlock {password}"))
    return isinstance(verdict, Accepted)


@pytest.mark.parametrize("overtake", [reset, chosen])
def test_an_old_password_opens_nothing_once_another_one_was_recorded_at_the_same_moment(
    board: BoardInMemory, overtake: Callable[[BoardInMemory], Verdict]
) -> None:
    before = board.log.head
    board.log.waiting = [lambda: overtake(board)]

    verdict = signed_in(board)

    assert code_of(verdict) == "sign_in_refused"
    assert board.log.topics(before)[1:] == ["board.account.sign_in_refused"]
    assert not board.log.load(Account, account_of("editor1")).sessions


@pytest.mark.parametrize("end", [reset, chosen, suspended, sessions_ended])
def test_a_sign_in_at_the_same_moment_keeps_nobody_from_ending_all_sessions_its_own_too(
    board: BoardInMemory, end: Callable[[BoardInMemory], Verdict]
) -> None:
    before = board.log.head
    board.log.waiting = [lambda: signed_in(board)]

    assert isinstance(end(board), Accepted)

    assert board.log.topics(before)[0] == "board.account.signed_in"
    account = board.log.load(Account, account_of("editor1"))
    assert account.modified_on > LATER
    assert not account.sessions


def test_a_guess_at_the_same_moment_keeps_nobody_from_signing_out(board: BoardInMemory) -> None:
    signed_in(board)
    board.log.waiting = [lambda: signed_in(board, "not the password", "guess")]

    assert isinstance(board.door.sign_out(SESSION, act=act_of("editor1", "account-holder")), Accepted)

    assert not board.log.load(Account, account_of("editor1")).sessions


@pytest.mark.parametrize(("times", "code"), [(TRIES - 1, None), (TRIES, "changed_meanwhile")])
def test_whoever_is_overtaken_again_and_again_is_told_so_in_the_end(
    board: BoardInMemory, times: int, code: str | None
) -> None:
    overtakers = [lambda number=number: signed_in(board, request=f"sign-in {number}") for number in range(times)]

    def next_overtaker() -> None:
        overtaker = overtakers.pop()
        overtaker()
        board.log.waiting = [next_overtaker] if overtakers else []

    board.log.waiting = [next_overtaker]

    assert code_of(sessions_ended(board)) == code


@pytest.mark.parametrize("change", [reset, chosen])
def test_a_sign_in_between_keeping_the_hash_and_recording_it_does_not_undo_the_change(
    board: BoardInMemory, change: Callable[[BoardInMemory], Verdict]
) -> None:
    board.people.after = [lambda: signed_in(board)]

    assert isinstance(change(board), Accepted)

    assert not opens(board, PASSWORD)


@pytest.mark.parametrize(("change", "new"), [(reset, RESET), (chosen, CHOSEN)])
@pytest.mark.parametrize("request_again", ["again the same form", "another form"])
def test_a_change_that_the_store_broke_off_leaves_the_old_password_and_can_be_ordered_again(
    board: BoardInMemory, change: Callable[..., Verdict], new: str, request_again: str
) -> None:
    board.log.away = True
    with pytest.raises(StoreUnavailable):
        change(board, "again the same form")
    board.log.away = False
    assert opens(board, PASSWORD)
    assert not opens(board, new)
    before = board.log.head

    assert isinstance(change(board, request_again), Accepted)

    assert len(board.log.topics(before)) == 1
    assert opens(board, new)
    assert not opens(board, PASSWORD)


def test_a_change_that_was_broken_off_is_no_way_to_keep_the_first_password(board: BoardInMemory) -> None:
    board.log.away = True
    with pytest.raises(StoreUnavailable):
        chosen(board)
    board.log.away = False

    again = act_of("editor1", "account-holder", request="again")
    assert code_of(board.accounts.choose_password(PASSWORD, PASSWORD, act=again)) == "password_unchanged"
    assert code_of(board.accounts.choose_password(CHOSEN, RESET, act=again)) == "password_wrong"


def test_of_two_changes_at_once_the_one_recorded_counts_and_the_old_password_is_not_brought_back(
    board: BoardInMemory,
) -> None:
    board.people.before = [lambda: reset(board)]

    assert code_of(chosen(board)) == "password_wrong"

    assert opens(board, RESET)
    assert not opens(board, CHOSEN)
    assert not opens(board, PASSWORD)


def test_a_reset_counts_whatever_is_chosen_at_the_same_moment(board: BoardInMemory) -> None:
    board.people.before = [lambda: chosen(board)]

    assert isinstance(reset(board), Accepted)

    assert opens(board, RESET)
    assert not opens(board, CHOSEN)
    assert not opens(board, PASSWORD)


def test_what_was_laid_beside_a_password_goes_with_the_next_change(board: BoardInMemory) -> None:
    for change in (reset, chosen):
        board.log.away = True
        with pytest.raises(StoreUnavailable):
            change(board)
        board.log.away = False
    signed_in(board)

    assert isinstance(reset(board, "again"), Accepted)

    kept = board.people.get(f"password/{account_of('editor1')}")
    assert kept is not None
    assert len(kept["waiting"]) == 1
