"""Who holds a seat of the board: one holder at any instant (QD2461 Đ1, QC2024 Đ8.1)."""

from datetime import date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.kernel.authority import Term
from infra.kernel.ids import natural_id
from infra.kernel.verdicts import Refusal
from services.board.domain.decision import Decision
from services.board.domain.office import Appointment, Office
from services.board.policy.qd2461_article_1 import terms_overlap
from tests.builders.board import DAY, DECISION, NOON, account_of, act_of, an_office, term

BY_THE_STANDING_DEPUTY = act_of("standing-deputy", "standing-deputy")
BY_THE_HEAD = act_of("head", "head")


def appointment(login: str = "secretary", since: datetime = NOON, until: datetime | None = None) -> Appointment:
    return Appointment(natural_id(login, str(since)), account_of(login), Term(since, until))


def code_of(refusal: Refusal | None) -> str | None:
    return refusal.code if refusal else None


def topics(office: Office) -> list[str]:
    return [type(event).TOPIC for event in office.collect_events()]


def test_qd2461_1_a_seat_is_established_with_the_decision_and_by_nobody_at_a_desk() -> None:
    refused = Office.establish("secretary", "QD2461 Đ1.5", act=BY_THE_HEAD)

    assert isinstance(refused, Refusal)
    assert (refused.clause, refused.code, refused.on_authority) == ("QD2461 Đ1", "seats_come_from_the_decision", True)


@pytest.mark.parametrize("capacity", ["head", "standing-deputy", "system"])
def test_qc2019_4_1_the_head_the_standing_office_and_setting_up_register_holders(capacity: str) -> None:
    office = an_office()

    assert office.appoint(appointment(), DECISION, act=act_of("somebody", capacity)) is None

    assert topics(office) == ["board.office.established", "board.office.appointed"]
    assert office.holder(NOON) == account_of("secretary")


@pytest.mark.parametrize("capacity", ["deputy", "secretary", "content-team", "technical-team", "reviewer"])
def test_qc2019_4_1_nobody_else_registers_a_holder(capacity: str) -> None:
    office = an_office()

    refused = office.appoint(appointment(), DECISION, act=act_of("somebody", capacity))

    assert refused is not None
    assert (refused.clause, refused.on_authority) == ("QC2019 Đ4.1", True)
    assert topics(office) == ["board.office.established"]


def test_qc2024_6_3_nobody_gives_an_office_to_the_own_account() -> None:
    refused = an_office("head").appoint(appointment("standing-deputy"), DECISION, act=BY_THE_STANDING_DEPUTY)

    assert refused is not None
    assert (refused.clause, refused.code) == ("QC2024 Đ6.3", "not_for_yourself")


def test_qd2461_1_a_second_holder_of_a_held_seat_is_refused() -> None:
    office = an_office()
    office.appoint(appointment("secretary"), DECISION, act=BY_THE_HEAD)

    refused = office.appoint(appointment("editor1", NOON + DAY), DECISION, act=BY_THE_HEAD)

    assert code_of(refused) == "office_already_held"
    assert topics(office)[-1] == "board.office.appointed"


def test_qd2461_1_the_next_holder_may_begin_at_the_instant_the_last_one_ends() -> None:
    office = an_office()
    office.appoint(appointment("secretary", NOON, NOON + DAY), DECISION, act=BY_THE_HEAD)

    assert office.appoint(appointment("editor1", NOON + DAY), DECISION, act=BY_THE_HEAD) is None

    assert office.holder(NOON + DAY) == account_of("editor1")


def test_qd2461_1_the_next_holder_may_not_begin_one_microsecond_earlier() -> None:
    office = an_office()
    end = NOON + DAY
    office.appoint(appointment("secretary", NOON, end), DECISION, act=BY_THE_HEAD)

    early = end - (DAY.resolution)
    assert code_of(office.appoint(appointment("editor1", early), DECISION, act=BY_THE_HEAD)) == "office_already_held"


def test_an_appointment_may_be_dated_back_and_forward_as_long_as_nothing_overlaps() -> None:
    office = an_office()

    assert office.appoint(appointment("secretary", NOON - 90 * DAY, NOON), DECISION, act=BY_THE_HEAD) is None
    assert office.appoint(appointment("editor1", NOON + 90 * DAY), DECISION, act=BY_THE_HEAD) is None

    assert office.holder(NOON - DAY) == account_of("secretary")
    assert office.holder(NOON) is None
    assert office.holder(NOON + 90 * DAY) == account_of("editor1")


def test_a_released_holder_holds_until_before_the_end_and_a_successor_may_follow() -> None:
    office = an_office()
    first = appointment("secretary")
    office.appoint(first, DECISION, act=BY_THE_HEAD)

    assert office.release(first.id, NOON + DAY, DECISION, act=BY_THE_STANDING_DEPUTY) is None

    assert office.holder(NOON + DAY - DAY.resolution) == account_of("secretary")
    assert office.holder(NOON + DAY) is None
    assert office.appoint(appointment("editor1", NOON + DAY), DECISION, act=BY_THE_HEAD) is None


def test_an_appointment_that_is_released_at_its_beginning_never_was() -> None:
    office = an_office()
    first = appointment("secretary")
    office.appoint(first, DECISION, act=BY_THE_HEAD)

    assert office.release(first.id, NOON, DECISION, act=BY_THE_HEAD) is None

    assert office.holder(NOON) is None
    assert office.appoint(appointment("editor1"), DECISION, act=BY_THE_HEAD) is None


def test_an_appointment_is_not_released_before_it_begins() -> None:
    office = an_office()
    first = appointment("secretary")
    office.appoint(first, DECISION, act=BY_THE_HEAD)

    assert code_of(office.release(first.id, NOON - DAY, DECISION, act=BY_THE_HEAD)) == "ends_before_it_begins"


def test_an_ended_appointment_is_not_prolonged_by_releasing_it_again() -> None:
    office = an_office()
    first = appointment("secretary", NOON, NOON + DAY)
    office.appoint(first, DECISION, act=BY_THE_HEAD)

    assert code_of(office.release(first.id, NOON + 2 * DAY, DECISION, act=BY_THE_HEAD)) == "already_ended"


def test_only_an_appointment_of_this_office_is_released() -> None:
    assert code_of(an_office().release(UUID(int=7), NOON, DECISION, act=BY_THE_HEAD)) == "appointment_unknown"


def test_a_term_that_ends_when_it_begins_is_refused() -> None:
    refused = an_office().appoint(appointment("secretary", NOON, NOON), DECISION, act=BY_THE_HEAD)

    assert code_of(refused) == "ends_before_it_begins"


def test_qc2024_6_6_a_change_cites_a_decision_signed_by_today() -> None:
    today, tomorrow = Decision("1/QĐ", date(2026, 3, 2)), Decision("1/QĐ", date(2026, 3, 3))

    assert an_office().appoint(appointment(), today, act=BY_THE_HEAD) is None
    assert code_of(an_office().appoint(appointment(), tomorrow, act=BY_THE_HEAD)) == "decision_not_yet_signed"


def test_qc2024_6_6_a_decision_signed_in_the_provinces_morning_is_of_today_though_utc_says_yesterday() -> None:
    six_in_the_morning = datetime.fromisoformat("2026-03-03T06:00:00+07:00")
    act = act_of("head", "head", six_in_the_morning)

    assert an_office().appoint(appointment(), Decision("1/QĐ", date(2026, 3, 3)), act=act) is None


def test_qc2024_6_6_a_change_without_a_decisions_number_is_refused() -> None:
    refused = an_office().appoint(appointment(), Decision("  ", date(2026, 3, 2)), act=BY_THE_HEAD)

    assert code_of(refused) == "decision_number_missing"


instants = st.integers(0, 40).map(lambda days: NOON + days * DAY)
terms = st.builds(lambda a, b: Term(min(a, b), max(a, b)), instants, instants)


@given(st.lists(terms, max_size=12))
def test_whatever_is_tried_no_instant_ever_has_two_holders(wanted: list[Term]) -> None:
    office = an_office()
    for number, each in enumerate(wanted):
        tried = Appointment(natural_id(str(number)), account_of(str(number)), each)
        office.appoint(tried, DECISION, act=BY_THE_HEAD)

    held = [a.term for a in office.appointments.values()]
    for day in range(41):
        assert sum(each.contains(NOON + day * DAY) for each in held) <= 1


@given(terms, terms)
def test_two_terms_overlap_exactly_when_some_day_lies_in_both(one: Term, other: Term) -> None:
    days = (NOON + day * DAY for day in range(41))

    assert terms_overlap(one, other) == any(one.contains(day) and other.contains(day) for day in days)
    assert terms_overlap(one, other) == terms_overlap(other, one)


def test_an_open_term_overlaps_whatever_ends_after_it_begins() -> None:
    assert terms_overlap(term(), term(NOON + 1000 * DAY))
    assert not terms_overlap(term(), term(NOON - DAY, NOON))
