"""Collaborators: staff of the state, or others with a contract that runs (QC2024 Đ8.4)."""

from datetime import datetime

import pytest

from infra.kernel.authority import Term
from infra.kernel.ids import natural_id
from infra.kernel.verdicts import Refusal
from services.board.domain.collaborator import Collaborator, Engagement, Profile
from tests.builders.board import DAY, ERASURE, NOON, account_of, act_of

BY_THE_SECRETARY = act_of("secretary", "secretary")
WHO = Profile("culture", "member-culture", "Hội Văn học nghệ thuật", account_of("collaborator1"), "ab" * 32)
SUBJECT = natural_id("collaborator")
END = NOON + 30 * DAY


def contract(number: str = "03/HĐ-CTV", since: datetime = NOON, until: datetime | None = END) -> Engagement:
    return Engagement(natural_id(number), state_employee=False, contract=number, term=Term(since, until))


STAFF = Engagement(natural_id("staff"), state_employee=True, contract="", term=Term(NOON))


def a_collaborator() -> Collaborator:
    collaborator = Collaborator.register(SUBJECT, WHO, contract(), act=BY_THE_SECRETARY)
    assert isinstance(collaborator, Collaborator)
    return collaborator


def code_of(outcome: object) -> str | None:
    return outcome.code if isinstance(outcome, Refusal) else None


def test_qc2024_8_4_staff_of_the_state_collaborate_without_contract_and_without_end() -> None:
    assert isinstance(Collaborator.register(SUBJECT, WHO, STAFF, act=BY_THE_SECRETARY), Collaborator)


def test_qc2024_8_4_others_need_a_contract() -> None:
    outcome = Collaborator.register(SUBJECT, WHO, contract(number=" "), act=BY_THE_SECRETARY)

    assert code_of(outcome) == "contract_missing"


def test_qc2024_8_4_a_contract_names_its_end() -> None:
    outcome = Collaborator.register(SUBJECT, WHO, contract(until=None), act=BY_THE_SECRETARY)

    assert code_of(outcome) == "contract_without_end"


@pytest.mark.parametrize("capacity", ["head", "content-team", "technical-team", "collaborator"])
def test_qc2024_8_4_nobody_but_the_centre_keeps_the_register(capacity: str) -> None:
    outcome = Collaborator.register(SUBJECT, WHO, contract(), act=act_of("somebody", capacity))

    assert isinstance(outcome, Refusal)
    assert outcome.on_authority


def test_qc2024_8_4_a_contract_may_follow_at_the_instant_the_last_one_ends_and_not_before() -> None:
    early = contract("04/HĐ-CTV", END - DAY.resolution, END + DAY)
    assert code_of(a_collaborator().renew(early, act=BY_THE_SECRETARY)) == "contracts_overlap"

    collaborator = a_collaborator()
    assert collaborator.renew(contract("04/HĐ-CTV", END, END + DAY), act=BY_THE_SECRETARY) is None
    assert collaborator.term.contains(END)


def test_who_is_struck_off_collaborates_no_more_from_that_instant() -> None:
    collaborator = a_collaborator()

    assert collaborator.strike_off(NOON + DAY, act=BY_THE_SECRETARY) is None

    assert collaborator.term.contains(NOON + DAY - DAY.resolution)
    assert not collaborator.term.contains(NOON + DAY)


def test_striking_off_never_prolongs_a_contract() -> None:
    assert code_of(a_collaborator().strike_off(END + DAY, act=BY_THE_SECRETARY)) == "already_ended"


def test_a_collaborator_is_erased_once_and_only_after_the_last_day() -> None:
    collaborator = a_collaborator()
    last, over = act_of("secretary", "secretary", END - DAY.resolution), act_of("secretary", "secretary", END)

    assert code_of(collaborator.erase_person(ERASURE, act=last)) == "end_before_erasing"
    assert collaborator.erase_person(ERASURE, act=over) is None

    assert code_of(collaborator.erase_person(ERASURE, act=over)) == "end_before_erasing"
    assert code_of(collaborator.renew(contract("04/HĐ-CTV", END, END + DAY), act=over)) == "person_erased"
