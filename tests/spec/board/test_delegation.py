"""Delegations: the standing deputy lets the secretary publish, the head lets the standing deputy act for the head."""

from datetime import date, datetime

import pytest

from infra.kernel.verdicts import Refusal
from services.board.domain.decision import Decision
from services.board.domain.delegation import Delegation, Grant, delegation_id
from tests.builders.board import DAY, DECISION, NOON, act_of

BY_THE_STANDING_DEPUTY = act_of("standing-deputy", "standing-deputy")
LATER = Decision("16/QĐ-STTTT", date(2026, 3, 2))


def publish(since: datetime = NOON, until: datetime = NOON + 30 * DAY, receiver: str = "secretary") -> Grant:
    return Grant(receiver, "publish", since, until)


def a_delegation(since: datetime = NOON) -> Delegation:
    delegation = Delegation.give(publish(since), DECISION, act=BY_THE_STANDING_DEPUTY)
    assert isinstance(delegation, Delegation)
    return delegation


def refused(outcome: Delegation | Refusal) -> Refusal:
    assert isinstance(outcome, Refusal)
    return outcome


def test_qc2024_10_1b_3_the_standing_deputy_lets_the_secretary_publish() -> None:
    delegation = a_delegation()

    assert (delegation.giver, delegation.receiver, delegation.scope) == ("standing-deputy", "secretary", "publish")
    assert delegation.term.contains(NOON)
    assert not delegation.term.contains(NOON + 30 * DAY)
    (given,) = delegation.collect_events()
    assert (given.clause, given.number) == ("QC2024 Đ10.1b", "15/QĐ-STTTT")


@pytest.mark.parametrize("capacity", ["head", "deputy", "secretary", "content-team", "system"])
def test_qc2024_10_1b_3_no_other_office_lets_anybody_publish(capacity: str) -> None:
    refusal = refused(Delegation.give(publish(), DECISION, act=act_of("somebody", capacity)))

    assert (refusal.clause, refusal.code, refusal.on_authority) == (
        "QC2024 Đ10.1b",
        "only_the_standing_deputy_delegates_this",
        True,
    )


@pytest.mark.parametrize("receiver", ["head", "deputy", "content-team", "standing-deputy", ""])
def test_qc2024_10_1b_3_nobody_but_the_secretary_receives_it(receiver: str) -> None:
    refusal = refused(Delegation.give(publish(receiver=receiver), DECISION, act=BY_THE_STANDING_DEPUTY))

    assert (refusal.code, refusal.on_authority) == ("receiver_must_be_the_secretary", False)


def test_qc2019_5_1_the_head_lets_the_standing_deputy_act_for_the_head() -> None:
    grant = Grant("standing-deputy", "act-for-the-head", NOON, NOON + DAY)

    assert isinstance(Delegation.give(grant, DECISION, act=act_of("head", "head")), Delegation)
    assert refused(Delegation.give(grant, DECISION, act=BY_THE_STANDING_DEPUTY)).on_authority


def test_qc2019_5_1_nobody_but_the_standing_deputy_acts_for_the_head() -> None:
    grant = Grant("secretary", "act-for-the-head", NOON, NOON + DAY)

    outcome = Delegation.give(grant, DECISION, act=act_of("head", "head"))
    assert refused(outcome).code == "receiver_must_be_the_standing_deputy"


def test_qc2024_6_3_what_no_paragraph_hands_on_cannot_be_delegated() -> None:
    grant = Grant("secretary", "pay-royalties", NOON, NOON + DAY)

    assert refused(Delegation.give(grant, DECISION, act=BY_THE_STANDING_DEPUTY)).code == "scope_unknown"


def test_a_delegation_may_begin_on_the_day_of_its_decision_and_not_the_day_before() -> None:
    morning = datetime.fromisoformat("2026-03-02T00:00:00+07:00")

    assert isinstance(Delegation.give(publish(morning), DECISION, act=BY_THE_STANDING_DEPUTY), Delegation)
    outcome = Delegation.give(publish(morning - DAY.resolution), DECISION, act=BY_THE_STANDING_DEPUTY)
    assert refused(outcome).code == "begins_before_its_decision"


def test_a_delegation_ends_after_it_begins() -> None:
    outcome = Delegation.give(publish(NOON, NOON), DECISION, act=BY_THE_STANDING_DEPUTY)

    assert refused(outcome).code == "ends_before_it_begins"


def test_one_decision_has_one_delegation() -> None:
    assert a_delegation().id == delegation_id(DECISION)
    assert delegation_id(DECISION) != delegation_id(Decision(DECISION.number, date(2025, 3, 2)))


@pytest.mark.parametrize("capacity", ["standing-deputy", "head"])
def test_qc2019_4_1_the_giver_and_the_head_take_it_back_from_that_instant(capacity: str) -> None:
    delegation = a_delegation()
    act = act_of(capacity, capacity, NOON + DAY)

    assert delegation.revoke(LATER, act=act) is None

    assert delegation.term.contains(NOON + DAY - DAY.resolution)
    assert not delegation.term.contains(NOON + DAY)


def test_qc2019_4_1_the_receiver_does_not_take_it_back() -> None:
    delegation = a_delegation()

    refusal = delegation.revoke(LATER, act=act_of("secretary", "secretary"))

    assert refusal is not None
    assert refusal.on_authority
    assert delegation.term.until == NOON + 30 * DAY


def test_a_delegation_taken_back_before_it_begins_never_was() -> None:
    delegation = a_delegation(NOON + 5 * DAY)

    assert delegation.revoke(LATER, act=act_of("head", "head")) is None

    assert not delegation.term.contains(NOON + 5 * DAY)


def test_a_delegation_can_be_taken_back_at_its_last_instant_and_not_after() -> None:
    end = NOON + 30 * DAY
    last = act_of("head", "head", end - DAY.resolution)
    after = act_of("head", "head", end)

    assert a_delegation().revoke(LATER, act=last) is None
    refusal = a_delegation().revoke(LATER, act=after)
    assert refusal is not None
    assert refusal.code == "delegation_is_over"
