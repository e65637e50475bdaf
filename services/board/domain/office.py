"""An office: a seat of the board, and the people who held, hold and will hold it, one at any instant."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from infra.kernel.act import Act
from infra.kernel.aggregate import Aggregate, Event, FirstEvent
from infra.kernel.authority import Term
from infra.kernel.ids import natural_id
from infra.kernel.verdicts import Refusal, first_refusal
from services.board.domain.decision import Decision
from services.board.domain.terms import cut, read_term, term_as_record, written
from services.board.policy.qc2019_article_4 import (
    paragraph_1_the_head_or_the_standing_office_registers_who_holds_a_seat,
)
from services.board.policy.qc2024_article_6 import paragraph_3_nobody_registers_an_office_for_the_own_account
from services.board.policy.qd2461_article_1 import (
    each_seat_has_one_holder_at_any_instant,
    only_setting_up_establishes_seats,
)
from services.board.policy.terms import a_term_ends_after_it_begins, a_term_is_cut_inside


@dataclass(frozen=True, slots=True)
class Appointment:
    """An account holds the office for a term."""

    id: UUID
    account: UUID
    term: Term


def office_id(capacity: str) -> UUID:
    """Return the id of the office with this capacity."""
    return natural_id("board.office", capacity)


class Office(Aggregate):
    """A seat with its history."""

    TOPIC = "board.office"
    capacity: str = ""
    appointments: Mapping[UUID, Appointment] = field(default_factory=dict)

    class Established(FirstEvent):
        """The seat exists; `clause` made it."""

        TOPIC = "board.office.established"
        capacity: str

    class Appointed(Event):
        """An account will hold, holds or held the office from `since` to before `until` (None: open)."""

        TOPIC = "board.office.appointed"
        capacity: str
        appointment: str
        account: str
        since: str
        until: str | None
        decision: str
        decided_on: str

        def apply(self, office: "Office") -> None:
            """Add the appointment."""
            appointment = Appointment(UUID(self.appointment), UUID(self.account), read_term(self.since, self.until))
            office.appointments = {**office.appointments, appointment.id: appointment}

    class Released(Event):
        """An appointment ends at `until`, earlier than it would have."""

        TOPIC = "board.office.released"
        capacity: str
        appointment: str
        account: str
        until: str
        decision: str
        decided_on: str

        def apply(self, office: "Office") -> None:
            """Cut the appointment."""
            ended = office.appointments[UUID(self.appointment)]
            office.appointments = {**office.appointments, ended.id: replace(ended, term=cut(ended.term, self.until))}

    @classmethod
    def establish(cls, capacity: str, clause: str, *, act: Act) -> "Office | Refusal":
        """Make a seat that the province's decision names (QD2461 Đ1)."""
        refusal = only_setting_up_establishes_seats(act.capacity)
        if refusal:
            return refusal
        return cls.begin(cls.Established, office_id(capacity), act=act, clause=clause, capacity=capacity)

    def appoint(self, appointment: Appointment, decision: Decision, *, act: Act) -> Refusal | None:
        """Register who holds the office, by the decision that says so; past and future terms too (QD2461 Đ1)."""
        refusal = first_refusal(
            paragraph_1_the_head_or_the_standing_office_registers_who_holds_a_seat(act.capacity),
            paragraph_3_nobody_registers_an_office_for_the_own_account(appointment.account, act.account),
            decision.refusal(act.at),
            a_term_ends_after_it_begins(appointment.term, "QD2461 Đ1"),
            each_seat_has_one_holder_at_any_instant(self._terms(), appointment.term),
        )
        if refusal is None:
            self.record(
                self.Appointed,
                act=act,
                clause="QD2461 Đ1",
                capacity=self.capacity,
                appointment=str(appointment.id),
                account=str(appointment.account),
                **term_as_record(appointment.term),
                **decision.as_record(),
            )
        return refusal

    def release(self, appointment_id: UUID, until: datetime, decision: Decision, *, act: Act) -> Refusal | None:
        """End an appointment at an instant, by the decision that says so (QC2019 Đ4.1)."""
        ended = self.appointments.get(appointment_id)
        if ended is None:
            return Refusal("QC2019 Đ4.1", "appointment_unknown")
        refusal = first_refusal(
            paragraph_1_the_head_or_the_standing_office_registers_who_holds_a_seat(act.capacity),
            decision.refusal(act.at),
            a_term_is_cut_inside(ended.term, until, "QC2019 Đ4.1"),
        )
        if refusal is None:
            self.record(
                self.Released,
                act=act,
                clause="QC2019 Đ4.1",
                capacity=self.capacity,
                appointment=str(ended.id),
                account=str(ended.account),
                until=written(until),
                **decision.as_record(),
            )
        return refusal

    def holder(self, at: datetime) -> UUID | None:
        """Return who holds the office at the instant."""
        return next((a.account for a in self.appointments.values() if a.term.contains(at)), None)

    def _terms(self) -> list[Term]:
        return [appointment.term for appointment in self.appointments.values()]
