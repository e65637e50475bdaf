"""Which offices may delegate what to whom: every scope that the regulation knows, each with its own paragraph."""

from collections.abc import Callable, Mapping
from datetime import date, datetime

from infra.kernel.offices import HEAD, SECRETARY, STANDING_DEPUTY
from infra.kernel.verdicts import Refusal
from services.board.policy.qc2019_article_5 import (
    ACT_FOR_THE_HEAD,
    paragraph_1_the_head_lets_the_standing_deputy_act_for_the_head,
)
from services.board.policy.qc2024_article_10 import (
    PUBLISH,
    paragraph_1b_step_3_the_standing_deputy_lets_the_secretary_publish,
)

SCOPES: Mapping[str, tuple[str, str]] = {
    PUBLISH: (STANDING_DEPUTY, SECRETARY),
    ACT_FOR_THE_HEAD: (HEAD, STANDING_DEPUTY),
}
"""Every scope with the office that may give it and the office that may receive it."""

CLAUSES: Mapping[str, str] = {PUBLISH: "QC2024 Đ10.1b", ACT_FOR_THE_HEAD: "QC2019 Đ5.1"}
"""Every scope with the paragraph that allows it."""

_RULES: Mapping[str, Callable[[str, str], Refusal | None]] = {
    PUBLISH: paragraph_1b_step_3_the_standing_deputy_lets_the_secretary_publish,
    ACT_FOR_THE_HEAD: paragraph_1_the_head_lets_the_standing_deputy_act_for_the_head,
}


def only_named_scopes_are_delegated(scope: str, giver: str, receiver: str) -> Refusal | None:
    """QC2024 Đ6.3: what no paragraph lets an office hand on, it does itself."""
    rule = _RULES.get(scope)
    if rule is None:
        return Refusal("QC2024 Đ6.3", "scope_unknown", about="scope")
    return rule(giver, receiver)


def a_delegation_begins_no_earlier_than_its_decision(since: date, signed_on: date) -> Refusal | None:
    """QC2024 Đ10.1b: nothing published before the decision becomes published under it; the same day is allowed."""
    if since >= signed_on:
        return None
    return Refusal("QC2024 Đ10.1b", "begins_before_its_decision", about="since")


def only_the_giver_or_the_head_revokes(capacity: str, giver: str) -> Refusal | None:
    """QC2019 Đ4.1: who delegated may take it back, and the head, who runs the board."""
    if capacity in {giver, HEAD}:
        return None
    return Refusal("QC2019 Đ4.1", "revoking_is_for_the_giver_or_the_head", on_authority=True)


def only_what_is_not_over_is_revoked(until: datetime, at: datetime) -> Refusal | None:
    """QC2024 Đ10.1b: a delegation that has ended cannot be ended again; its last instant is the one before `until`."""
    if at < until:
        return None
    return Refusal("QC2024 Đ10.1b", "delegation_is_over")
