"""The two teams and the circle of reviewers."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from infra.kernel.act import Act
from infra.kernel.authority import Term
from infra.kernel.offices import CONTENT_TEAM, REVIEWER, TECHNICAL_TEAM
from infra.kernel.verdicts import Refusal, Verdict
from services.board.application.log import BoardLog, already
from services.board.domain.account import Account
from services.board.domain.decision import Decision
from services.board.domain.team import Place, Team, TeamRules, team_id
from services.board.policy.qc2024_article_18 import article_19_1_a_reviewer_reviews_no_own_work
from services.board.profile import BoardProfile

_UNKNOWN = Refusal("QC2024 Đ8.2", "team_unknown", about="capacity")


@dataclass(frozen=True, slots=True)
class Admission:
    """Who is to join for a term; `place` is the id of the place, so that asking twice admits once."""

    place: UUID
    account: UUID
    term: Term


class Teams:
    """Forming, admitting and dismissing."""

    def __init__(self, log: BoardLog, profile: BoardProfile) -> None:
        self._log = log
        self._profile = profile

    def form(self, capacity: str, decision: Decision, *, act: Act) -> Verdict:
        """Set up a team that the norm of the day knows (QC2024 Đ8.2, Đ18)."""
        rules = self._profile.team_rules(capacity, act.at)
        if rules is None:
            return _UNKNOWN
        known = self._log.find(Team, team_id(capacity))
        if known is not None:
            return already(known)
        made = self._log.not_entitled(act) or Team.form(capacity, rules, decision, act=act)
        return self._log.answer(made, act=act, command="form")

    def admit(self, capacity: str, admission: Admission, decision: Decision, *, act: Act) -> Verdict:
        """Let an account into a team, under the limit of the norm of the day (QC2024 Đ8.2)."""
        team, rules = self._log.find(Team, team_id(capacity)), self._profile.team_rules(capacity, act.at)
        if team is None or rules is None:
            return _UNKNOWN
        if admission.place in team.places:
            return already(team)
        refusal = self._log.not_entitled(act) or self._admit(team, admission, rules, decision, act)
        return self._log.settle(team, refusal, act=act, command="admit")

    def dismiss(self, capacity: str, place: UUID, until: datetime, decision: Decision, *, act: Act) -> Verdict:
        """End somebody's time in a team (QC2024 Đ8.3)."""
        team = self._log.find(Team, team_id(capacity))
        if team is None:
            return _UNKNOWN
        if team.has_answered(act):
            return already(team)
        refusal = self._log.not_entitled(act) or team.dismiss(place, until, decision, act=act)
        return self._log.settle(team, refusal, act=act, command="dismiss")

    def _admit(
        self, team: Team, admission: Admission, rules: TeamRules, decision: Decision, act: Act
    ) -> Refusal | None:
        unknown = self._log.unknown_account(admission.account)
        if unknown:
            return unknown
        unit = self._log.load(Account, admission.account).unit
        place = Place(admission.place, admission.account, unit, admission.term)
        return self._not_independent(team.capacity, admission) or team.admit(place, rules, decision, act=act)

    def _not_independent(self, capacity: str, admission: Admission) -> Refusal | None:
        """Ask on both sides: a reviewer joins no team, and nobody of a team becomes a reviewer (QC2024 Đ19.1)."""
        others = (CONTENT_TEAM, TECHNICAL_TEAM) if capacity == REVIEWER else (REVIEWER,)
        teams = [self._log.find(Team, team_id(other)) for other in others]
        works = any(team is not None and team.meets(admission.account, admission.term) for team in teams)
        return article_19_1_a_reviewer_reviews_no_own_work(works_in_a_team=works)
