"""Every aggregate of the board is again what it was once its events are read back, whatever was done to it."""

from datetime import timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from infra.kernel.act import Act
from infra.kernel.aggregate import Aggregate, Event
from infra.kernel.authority import Term
from infra.kernel.ids import natural_id
from services.board.domain.account import GROUNDS
from services.board.domain.collaborator import Collaborator, Engagement, Profile
from services.board.domain.delegation import Delegation, Grant
from services.board.domain.office import Appointment
from tests.builders.board import (
    CENTRE,
    DAY,
    DECISION,
    ERASURE,
    FIVE,
    NOON,
    RULES,
    a_place,
    a_team,
    account_of,
    act_of,
    an_account,
    an_office,
)

HOURS = st.integers(1, 30)
LOGINS = st.sampled_from(["editor1", "tech1", "nobody"])
CAPACITIES = st.sampled_from(["account-holder", "technical-team", "head", "system"])
SESSIONS = st.integers(1, 3).map(lambda number: natural_id("session", str(number)))


def read_back(events: list[Event]) -> Aggregate | None:
    aggregate: Any = None
    for event in events:
        aggregate = event.mutate(aggregate)
    return aggregate


class AccountMachine(RuleBasedStateMachine):
    """Anybody does anything to an account, at any time."""

    @initialize()
    def issue(self) -> None:
        self.account, self.now, self.events = an_account(), NOON, list[Event]()

    def act(self, login: str, capacity: str, hours: int) -> Act:
        self.now += timedelta(hours=hours)
        return act_of(login, capacity, self.now)

    @rule(session=SESSIONS, right=st.booleans(), hours=st.integers(0, 3))
    def sign_in(self, session: Any, right: bool, hours: int) -> None:
        act = self.act("editor1", "account-holder", hours)
        closed = self.account.suspended or self.account.erased or self.account.is_locked(self.now)

        refusal = self.account.sign_in(session, RULES, password_right=right, act=act)

        assert (refusal is None) == (right and not closed)

    @rule(session=SESSIONS, login=LOGINS, capacity=CAPACITIES)
    def sign_out(self, session: Any, login: str, capacity: str) -> None:
        assert (self.account.sign_out(session, act=self.act(login, capacity, 0)) is None) == (login == "editor1")

    @rule(
        command=st.sampled_from(["reset_password", "unlock", "restore", "choose_password", "end_sessions"]),
        login=LOGINS,
        capacity=CAPACITIES,
        hours=HOURS,
    )
    def order(self, command: str, login: str, capacity: str, hours: int) -> None:
        getattr(self.account, command)(act=self.act(login, capacity, hours))

    @rule(login=LOGINS, capacity=CAPACITIES, in_office=st.booleans())
    def erase(self, login: str, capacity: str, in_office: bool) -> None:
        self.account.erase_person(ERASURE, in_office=in_office, act=self.act(login, capacity, 0))

    @rule(ground=st.sampled_from([*GROUNDS, "whim"]), login=LOGINS, capacity=CAPACITIES)
    def suspend(self, ground: str, login: str, capacity: str) -> None:
        self.account.suspend(ground, act=self.act(login, capacity, 0))

    @invariant()
    def nobody_is_signed_in_to_a_closed_account(self) -> None:
        assert not (self.account.sessions and (self.account.suspended or self.account.erased))

    @invariant()
    def failures_never_reach_the_limit_unnoticed(self) -> None:
        assert self.account.failures < RULES.failures_before_lock

    @invariant()
    def its_events_tell_all_of_it(self) -> None:
        self.events += self.account.collect_events()
        assert read_back(self.events) == self.account


class SeatAndTeamMachine(RuleBasedStateMachine):
    """Anybody appoints, admits, releases and dismisses, for any terms."""

    @initialize()
    def establish(self) -> None:
        self.office, self.team, self.number = an_office(), a_team(), 0
        self.events: dict[str, list[Event]] = {"office": [], "team": []}

    @rule(since=HOURS, length=HOURS, capacity=st.sampled_from(["head", "secretary", "standing-deputy"]))
    def take(self, since: int, length: int, capacity: str) -> None:
        self.number += 1
        start = NOON + since * DAY
        appointment = Appointment(natural_id(str(self.number)), account_of("x"), Term(start, start + length * DAY))
        self.office.appoint(appointment, DECISION, act=act_of("somebody", capacity))
        place = a_place(f"p{self.number}", start, start + length * DAY, CENTRE)
        self.team.admit(place, FIVE, DECISION, act=act_of("somebody", capacity))

    @rule(until=HOURS)
    def end_the_last(self, until: int) -> None:
        act = act_of("somebody", "standing-deputy")
        for appointment in list(self.office.appointments)[-1:]:
            self.office.release(appointment, NOON + until * DAY, DECISION, act=act)
        for place in list(self.team.places)[-1:]:
            self.team.dismiss(place, NOON + until * DAY, DECISION, act=act)

    @invariant()
    def one_holder_and_five_members_at_most(self) -> None:
        for day in range(61):
            at = NOON + day * DAY
            assert sum(a.term.contains(at) for a in self.office.appointments.values()) <= 1
            assert sum(p.term.contains(at) for p in self.team.places.values()) <= 5

    @invariant()
    def their_events_tell_all_of_them(self) -> None:
        for name, aggregate in (("office", self.office), ("team", self.team)):
            self.events[name] += aggregate.collect_events()
            assert read_back(self.events[name]) == aggregate


_FEW = settings(max_examples=30, stateful_step_count=25, deadline=None)
TestAnAccount = AccountMachine.TestCase
TestAnAccount.settings = _FEW
TestASeatAndATeam = SeatAndTeamMachine.TestCase
TestASeatAndATeam.settings = _FEW


def test_a_delegation_read_back_is_the_same() -> None:
    grant = Grant("secretary", "publish", NOON, NOON + DAY)
    delegation = Delegation.give(grant, DECISION, act=act_of("standing-deputy", "standing-deputy"))
    assert isinstance(delegation, Delegation)
    delegation.revoke(DECISION, act=act_of("head", "head"))

    assert read_back(list(delegation.collect_events())) == delegation


def test_a_collaborator_read_back_is_the_same() -> None:
    act = act_of("secretary", "secretary")
    first = Engagement(natural_id("1"), state_employee=False, contract="1", term=Term(NOON, NOON + DAY))
    second = Engagement(natural_id("2"), state_employee=False, contract="2", term=Term(NOON + DAY, NOON + 2 * DAY))
    who = Profile("culture", "member-culture", "outside", None, "ab")
    collaborator = Collaborator.register(natural_id("c"), who, first, act=act)
    assert isinstance(collaborator, Collaborator)
    assert collaborator.renew(second, act=act) is None
    assert collaborator.strike_off(NOON + DAY, act=act) is None

    assert read_back(list(collaborator.collect_events())) == collaborator
