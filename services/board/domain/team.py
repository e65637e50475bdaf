"""A team: people of the centre who work together in one capacity, never more than the regulation lets in."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from infra.kernel.act import Act
from infra.kernel.aggregate import Aggregate, Event, FirstEvent
from infra.kernel.authority import Term
from infra.kernel.ids import natural_id
from infra.kernel.offices import REVIEWER
from infra.kernel.verdicts import Refusal, first_refusal
from services.board.domain.decision import Decision
from services.board.domain.terms import cut, read_term, term_as_record, written
from services.board.policy.qc2024_article_6 import paragraph_3_nobody_registers_an_office_for_the_own_account
from services.board.policy.qc2024_article_8 import (
    paragraph_2_a_team_has_at_most,
    paragraph_2_members_come_from_the_centre,
    paragraph_2_nobody_sits_twice,
    paragraph_2_the_standing_office_forms_teams,
    paragraph_3_the_secretary_assigns_the_teams,
)
from services.board.policy.qc2024_article_18 import reviewers_are_named_by_the_head_or_the_standing_office
from services.board.policy.qd2461_article_1 import terms_overlap
from services.board.policy.terms import a_term_ends_after_it_begins, a_term_is_cut_inside


@dataclass(frozen=True, slots=True)
class TeamRules:
    """What a dated norm says of a team: `limit` of people and the unit they come from; None: the norm sets none."""

    clause: str
    limit: int | None
    unit: str | None


@dataclass(frozen=True, slots=True)
class Place:
    """An account, of a unit, is in the team for a term."""

    id: UUID
    account: UUID
    unit: str
    term: Term


def team_id(capacity: str) -> UUID:
    """Return the id of the team with this capacity."""
    return natural_id("board.team", capacity)


class Team(Aggregate):
    """A team with everybody who was, is and will be in it."""

    TOPIC = "board.team"
    capacity: str = ""
    places: Mapping[UUID, Place] = field(default_factory=dict)

    class Formed(FirstEvent):
        """The team exists."""

        TOPIC = "board.team.formed"
        capacity: str
        decision: str
        decided_on: str

    class Admitted(Event):
        """An account is in the team from `since` to before `until`; `limit` and `of_unit` are what was checked."""

        TOPIC = "board.team.admitted"
        capacity: str
        place: str
        account: str
        unit: str
        since: str
        until: str | None
        decision: str
        decided_on: str
        limit: int | None
        of_unit: str | None

        def apply(self, team: "Team") -> None:
            """Add the place."""
            term = read_term(self.since, self.until)
            place = Place(UUID(self.place), UUID(self.account), self.unit, term)
            team.places = {**team.places, place.id: place}

    class Dismissed(Event):
        """A place ends at `until`, earlier than it would have."""

        TOPIC = "board.team.dismissed"
        capacity: str
        place: str
        account: str
        until: str
        decision: str
        decided_on: str

        def apply(self, team: "Team") -> None:
            """Cut the place."""
            ended = team.places[UUID(self.place)]
            team.places = {**team.places, ended.id: replace(ended, term=cut(ended.term, self.until))}

    @classmethod
    def form(cls, capacity: str, rules: TeamRules, decision: Decision, *, act: Act) -> "Team | Refusal":
        """Set up a team (QC2024 Đ8.2), or the circle of reviewers (Đ18)."""
        refusal = _who_forms(capacity, act.capacity) or decision.refusal(act.at)
        if refusal:
            return refusal
        facts = {"capacity": capacity, **decision.as_record()}
        return cls.begin(cls.Formed, team_id(capacity), act=act, clause=rules.clause, **facts)

    def admit(self, place: Place, rules: TeamRules, decision: Decision, *, act: Act) -> Refusal | None:
        """Let somebody in for a term (QC2024 Đ8.2, Đ8.3; reviewers Đ18)."""
        refusal = first_refusal(
            _who_assigns(self.capacity, act.capacity),
            paragraph_3_nobody_registers_an_office_for_the_own_account(place.account, act.account),
            decision.refusal(act.at),
            a_term_ends_after_it_begins(place.term, rules.clause),
            paragraph_2_members_come_from_the_centre(place.unit, rules.unit),
            paragraph_2_nobody_sits_twice(self._terms_of(place.account), place.term),
            paragraph_2_a_team_has_at_most(rules.limit, self._terms(), place.term),
        )
        if refusal is None:
            self.record(
                self.Admitted,
                act=act,
                clause=rules.clause,
                capacity=self.capacity,
                place=str(place.id),
                account=str(place.account),
                unit=place.unit,
                limit=rules.limit,
                of_unit=rules.unit,
                **term_as_record(place.term),
                **decision.as_record(),
            )
        return refusal

    def dismiss(self, place_id: UUID, until: datetime, decision: Decision, *, act: Act) -> Refusal | None:
        """End somebody's time in the team at an instant (QC2024 Đ8.3; reviewers Đ18)."""
        ended = self.places.get(place_id)
        if ended is None:
            return Refusal("QC2024 Đ8.3", "place_unknown")
        refusal = first_refusal(
            _who_assigns(self.capacity, act.capacity),
            decision.refusal(act.at),
            a_term_is_cut_inside(ended.term, until, "QC2024 Đ8.3"),
        )
        if refusal is None:
            self.record(
                self.Dismissed,
                act=act,
                clause="QC2024 Đ8.3",
                capacity=self.capacity,
                place=str(ended.id),
                account=str(ended.account),
                until=written(until),
                **decision.as_record(),
            )
        return refusal

    def has(self, account: UUID, at: datetime) -> bool:
        """Tell whether the account is in the team at the instant."""
        return any(term.contains(at) for term in self._terms_of(account))

    def meets(self, account: UUID, wanted: Term) -> bool:
        """Tell whether the account is in the team at some instant of a term."""
        return any(terms_overlap(term, wanted) for term in self._terms_of(account))

    def _terms(self) -> list[Term]:
        return [place.term for place in self.places.values()]

    def _terms_of(self, account: UUID) -> list[Term]:
        return [place.term for place in self.places.values() if place.account == account]


def _who_forms(team: str, capacity: str) -> Refusal | None:
    if team == REVIEWER:
        return reviewers_are_named_by_the_head_or_the_standing_office(capacity)
    return paragraph_2_the_standing_office_forms_teams(capacity)


def _who_assigns(team: str, capacity: str) -> Refusal | None:
    if team == REVIEWER:
        return reviewers_are_named_by_the_head_or_the_standing_office(capacity)
    return paragraph_3_the_secretary_assigns_the_teams(capacity)
