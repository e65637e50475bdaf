"""A delegation: by a numbered decision one office lets another do one thing for it, for a time."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from infra.kernel.act import Act
from infra.kernel.aggregate import Aggregate, Event, FirstEvent
from infra.kernel.authority import Term
from infra.kernel.ids import natural_id
from infra.kernel.verdicts import Refusal, first_refusal
from services.board.domain.decision import PROVINCE_TIME, Decision
from services.board.domain.terms import cut, read_term, written
from services.board.policy.delegations import (
    CLAUSES,
    a_delegation_begins_no_earlier_than_its_decision,
    only_named_scopes_are_delegated,
    only_the_giver_or_the_head_revokes,
    only_what_is_not_over_is_revoked,
)
from services.board.policy.terms import a_term_ends_after_it_begins, a_term_is_cut_inside

_BEGINNING = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


@dataclass(frozen=True, slots=True)
class Grant:
    """What the giver's office lets which other do, from when to before when."""

    receiver: str
    scope: str
    since: datetime
    until: datetime


def delegation_id(decision: Decision) -> UUID:
    """Return the id of the delegation by this decision: one decision delegates once."""
    return natural_id("board.delegation", decision.number, decision.signed_on.isoformat())


class Delegation(Aggregate):
    """A delegation and whether it was taken back."""

    TOPIC = "board.delegation"
    giver: str = ""
    receiver: str = ""
    scope: str = ""
    term: Term = Term(_BEGINNING, _BEGINNING)

    class Given(FirstEvent):
        """`receiver` may do `scope` for `giver` from `since` to before `until`, by decision `number`."""

        TOPIC = "board.delegation.given"
        giver: str
        receiver: str
        scope: str
        number: str
        decided_on: str
        since: str
        until: str

        def apply(self, delegation: "Delegation") -> None:
            """Take the term."""
            delegation.term = read_term(self.since, self.until)

    class Revoked(Event):
        """It ends at `until`, by decision `decision`."""

        TOPIC = "board.delegation.revoked"
        until: str
        decision: str
        decided_on: str

        def apply(self, delegation: "Delegation") -> None:
            """Cut the term."""
            delegation.term = cut(delegation.term, self.until)

    @classmethod
    def give(cls, grant: Grant, decision: Decision, *, act: Act) -> "Delegation | Refusal":
        """Delegate; the actor acts in the giver's office (QC2024 Đ10.1b step 3, QC2019 Đ5.1)."""
        since = grant.since.astimezone(PROVINCE_TIME).date()
        refusal = first_refusal(
            only_named_scopes_are_delegated(grant.scope, act.capacity, grant.receiver),
            decision.refusal(act.at),
            a_delegation_begins_no_earlier_than_its_decision(since, decision.signed_on),
            a_term_ends_after_it_begins(Term(grant.since, grant.until), "QC2024 Đ10.1b"),
        )
        if refusal:
            return refusal
        facts = {"giver": act.capacity, "receiver": grant.receiver, "scope": grant.scope, "number": decision.number}
        times = {
            "decided_on": decision.signed_on.isoformat(),
            "since": written(grant.since),
            "until": written(grant.until),
        }
        return cls.begin(cls.Given, delegation_id(decision), act=act, clause=CLAUSES[grant.scope], **facts, **times)

    def is_about(self, grant: Grant, giver: str) -> bool:
        """Tell whether this is the delegation that the giver asks for again."""
        asked = (giver, grant.receiver, grant.scope, grant.since)
        return asked == (self.giver, self.receiver, self.scope, self.term.since)

    def revoke(self, decision: Decision, *, act: Act) -> Refusal | None:
        """Take it back from the act's instant on; what was done under it stays done (QC2019 Đ4.1)."""
        until = max(act.at, self.term.since)
        refusal = first_refusal(
            only_the_giver_or_the_head_revokes(act.capacity, self.giver),
            decision.refusal(act.at),
            only_what_is_not_over_is_revoked(self.term.until or act.at, act.at),
            a_term_is_cut_inside(self.term, until, "QC2019 Đ4.1"),
        )
        if refusal is None:
            facts = {"until": written(until), **decision.as_record()}
            self.record(self.Revoked, act=act, clause="QC2019 Đ4.1", **facts)
        return refusal
