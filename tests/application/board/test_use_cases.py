"""The board's use cases: who may, what is recorded, and that a refused command saves nothing but the refusal."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from infra.kernel.authority import Term
from infra.kernel.ids import natural_id
from infra.kernel.verdicts import Accepted, Refusal, Verdict
from services.board.application.collaborators import NewCollaborator
from services.board.application.teams import Admission
from services.board.domain.collaborator import Engagement
from services.board.domain.decision import Decision
from services.board.domain.delegation import Grant, delegation_id
from services.board.domain.office import Appointment
from tests.builders.board import DAY, DECISION, ERASURE, NOON, account_of, act_of
from tests.builders.board_in_memory import PASSWORD, BoardInMemory, a_staffed_board

PUBLISH = Grant("secretary", "publish", NOON, NOON + 30 * DAY)
ANOTHER = "Sông Bé xanh trong 7!"

Command = Callable[[BoardInMemory], Verdict]


def code_of(verdict: Verdict) -> str | None:
    return verdict.code if isinstance(verdict, Refusal) else None


def test_qd2461_1_founding_twice_establishes_each_seat_once() -> None:
    board = BoardInMemory()
    act = act_of("set-up", "system")

    first = board.founding.found("binh-phuoc", act=act)
    second = board.founding.found("binh-phuoc", act=act)

    assert isinstance(first, Accepted)
    assert isinstance(second, Accepted)
    assert board.log.topics().count("board.office.established") == 39
    assert board.log.topics().count("board.board.founded") == 1


def test_qd2461_1_after_the_opening_set_up_may_do_nothing_and_trying_is_recorded() -> None:
    board = a_staffed_board()
    before = board.log.head

    verdict = board.issue("intruder", act_of("set-up", "system", request="late"))

    assert code_of(verdict) == "board_is_open"
    assert board.log.topics(before) == ["board.attempt.refused"]
    assert board.people.get(str(account_of("intruder"))) is None


REFUSED_ON_AUTHORITY: dict[str, Command] = {
    "the secretary appoints": lambda b: b.appoint("deputy", "editor1", act_of("secretary", "secretary")),
    "an editor appoints as head": lambda b: b.appoint("deputy", "tech1", act_of("editor1", "head")),
    "the head appoints the own account": lambda b: b.appoint("deputy", "head", act_of("head", "head")),
    "an editor issues an account": lambda b: b.issue("friend", act_of("editor1", "content-team")),
    "an editor issues one as technician": lambda b: b.issue("friend", act_of("editor1", "technical-team")),
    "an editor admits": lambda b: b.admit("content-team", "tech1", act_of("editor1", "content-team")),
    "the head forms a team": lambda b: b.teams.form("content-team", DECISION, act=act_of("head", "head")),
    "the secretary delegates": lambda b: b.delegations.give(PUBLISH, DECISION, act=act_of("secretary", "secretary")),
    "the head suspends": lambda b: b.accounts.suspend(account_of("editor1"), "misuse", act=act_of("head", "head")),
    "a technician unlocks the own account": lambda b: b.accounts.unlock(
        account_of("tech1"), act=act_of("tech1", "technical-team")
    ),
    "a reviewer registers a collaborator": lambda b: b.collaborators.register(
        natural_id("c"),
        NewCollaborator("Người viết", "x@example.vn", "culture", "outside", None),
        Engagement(natural_id("e"), state_employee=True, contract="", term=Term(NOON)),
        act=act_of("reviewer", "reviewer"),
    ),
}


@pytest.mark.parametrize("tried", REFUSED_ON_AUTHORITY)
def test_qc2024_6_3_what_is_refused_on_authority_saves_nothing_but_the_attempt(tried: str) -> None:
    board = a_staffed_board()
    if tried == "the head forms a team":
        board = _board_without_teams()
    before, people = board.log.head, dict(board.people.records)

    verdict = REFUSED_ON_AUTHORITY[tried](board)

    assert isinstance(verdict, Refusal)
    assert verdict.on_authority
    assert board.log.topics(before) == ["board.attempt.refused"]
    assert board.people.records == people


def test_an_attempt_heard_twice_is_recorded_once() -> None:
    board = a_staffed_board()
    before = board.log.head

    for _ in range(2):
        board.issue("friend", act_of("editor1", "content-team"))

    assert board.log.topics(before) == ["board.attempt.refused"]


TWICE: dict[str, Command] = {
    "appointing": lambda b: b.appoint("deputy", "reviewer", act_of("head", "head")),
    "issuing": lambda b: b.issue("new", act_of("tech1", "technical-team")),
    "delegating": lambda b: b.delegations.give(PUBLISH, DECISION, act=act_of("standing-deputy", "standing-deputy")),
    "suspending": lambda b: b.accounts.suspend(account_of("editor1"), "idle", act=act_of("tech1", "technical-team")),
    "choosing a password": lambda b: b.accounts.choose_password(
        PASSWORD, ANOTHER, act=act_of("editor1", "account-holder")
    ),
}


@pytest.mark.parametrize("command", TWICE)
def test_a_command_sent_twice_acts_once(command: str) -> None:
    board = a_staffed_board()
    first = TWICE[command](board)
    before = board.log.head

    second = TWICE[command](board)

    assert isinstance(first, Accepted)
    assert isinstance(second, Accepted)
    assert second.subject == first.subject
    assert board.log.topics(before) == []


def test_an_office_given_up_yesterday_gives_no_right_today() -> None:
    board = a_staffed_board()
    by_the_head = act_of("head", "head")
    held = natural_id("standing-deputy", "standing-deputy", str(NOON))
    assert isinstance(board.offices.release("standing-deputy", held, NOON + DAY, DECISION, act=by_the_head), Accepted)

    last = act_of("standing-deputy", "standing-deputy", NOON + DAY - timedelta.resolution, "last")
    after = act_of("standing-deputy", "standing-deputy", NOON + DAY, "after")

    assert isinstance(board.appoint("deputy", "reviewer", last), Accepted)
    assert code_of(board.appoint("deputy", "reviewer", after, since=NOON - DAY)) == "office_not_held"


def test_qc2024_10_1b_one_decision_does_not_delegate_two_things() -> None:
    board = a_staffed_board()
    act = act_of("standing-deputy", "standing-deputy")
    board.delegations.give(PUBLISH, DECISION, act=act)

    other = Grant("secretary", "publish", NOON + DAY, NOON + 60 * DAY)
    assert code_of(board.delegations.give(other, DECISION, act=act)) == "decision_already_delegates"


def test_qc2019_4_1_the_head_revokes_what_the_standing_deputy_gave() -> None:
    board = a_staffed_board()
    board.delegations.give(PUBLISH, DECISION, act=act_of("standing-deputy", "standing-deputy"))
    act = act_of("head", "head", NOON + DAY)

    verdict = board.delegations.revoke(delegation_id(DECISION), Decision("20/QĐ", date(2026, 3, 3)), act=act)

    assert isinstance(verdict, Accepted)
    assert board.log.topics()[-1] == "board.delegation.revoked"


def test_qc2024_8_2_a_person_of_another_unit_joins_no_team() -> None:
    board = a_staffed_board()
    board.issue("accountant", act_of("tech1", "technical-team"), unit="member-agency")

    verdict = board.admit("content-team", "accountant", act_of("secretary", "secretary"))

    assert code_of(verdict) == "not_of_the_centre"


@pytest.mark.parametrize(("team", "login"), [("content-team", "reviewer"), ("reviewer", "editor1")])
def test_qc2024_19_1_a_reviewer_and_a_team_member_are_never_the_same_person(team: str, login: str) -> None:
    verdict = a_staffed_board().admit(team, login, act_of("standing-deputy", "standing-deputy"))

    assert code_of(verdict) == "reviewer_works_in_a_team"


def test_nothing_is_given_to_an_account_that_was_never_issued() -> None:
    board = a_staffed_board()

    assert code_of(board.appoint("deputy", "ghost", act_of("head", "head"))) == "account_unknown"
    assert code_of(board.admit("content-team", "ghost", act_of("secretary", "secretary"))) == "account_unknown"


def test_only_seats_and_teams_of_the_profile_exist() -> None:
    board = a_staffed_board()

    assert code_of(board.appoint("chief-wizard", "editor1", act_of("head", "head"))) == "office_unknown"
    admission = Admission(natural_id("p"), account_of("editor1"), Term(NOON))
    verdict = board.teams.admit("chief-wizards", admission, DECISION, act=act_of("secretary", "secretary"))
    assert code_of(verdict) == "team_unknown"


def test_qc2024_8_4_a_collaborator_with_a_contract_is_entered_steered_by_the_fields_seat() -> None:
    board = a_staffed_board()
    new = NewCollaborator("Người viết", "x@example.vn", "culture", "outside", None)
    contract = Engagement(natural_id("e"), state_employee=False, contract="3/HĐ", term=Term(NOON, NOON + DAY))

    verdict = board.collaborators.register(natural_id("c"), new, contract, act=act_of("secretary", "secretary"))

    assert isinstance(verdict, Accepted)
    assert b'"steered_by":"member-culture"' in board.log.states()[-1]
    assert "Người viết".encode() not in board.log.states()[-1]


def test_an_appointment_of_an_unknown_office_is_answered_in_words() -> None:
    appointment = Appointment(natural_id("a"), account_of("editor1"), Term(NOON))

    verdict = a_staffed_board().offices.appoint("nothing", appointment, DECISION, act=act_of("head", "head"))

    assert code_of(verdict) == "office_unknown"


def _board_without_teams() -> BoardInMemory:
    board = BoardInMemory()
    board.founding.found("binh-phuoc", act=act_of("set-up", "system"))
    board.issue("head", act_of("set-up", "system", request="head"))
    board.appoint("head", "head", act_of("set-up", "system", request="appoint"))
    return board


def test_a_collaborator_is_erased_only_after_the_end_and_leaves_the_proof() -> None:
    board = a_staffed_board()
    new = NewCollaborator("Người viết", "x@example.vn", "culture", "outside", None)
    contract = Engagement(natural_id("e"), state_employee=False, contract="3/HĐ", term=Term(NOON, NOON + DAY))
    board.collaborators.register(natural_id("c"), new, contract, act=act_of("secretary", "secretary"))

    early = board.collaborators.erase_person(
        natural_id("c"), ERASURE, act=act_of("secretary", "secretary", request="early")
    )
    over = act_of("secretary", "secretary", NOON + DAY, "over")

    assert code_of(early) == "end_before_erasing"
    assert isinstance(board.collaborators.erase_person(natural_id("c"), ERASURE, act=over), Accepted)
    assert not [key for key in board.people.records if key.startswith("collaborator/")]
    assert board.log.topics()[-1] == "board.collaborator.person_erased"
