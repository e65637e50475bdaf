"""QC2024 Điều 10: how information is received, edited, moderated and published."""

from infra.kernel import offices
from infra.kernel.verdicts import Refusal
from services.content.policy.facts import Actor, Consultation, Decision, Intake, Sensitivity, Step

CHANNELS = ("post", "document-system", "email", "zalo")
"""The ways by which information comes in (Đ10.1a)."""

STEP_CLAUSES = {
    Step.EDITING: "QC2024 Đ10.1b-1",
    Step.CLEARING: "QC2024 Đ10.1b-2",
    Step.PUBLISHING: "QC2024 Đ10.1b-3",
}
STEP_CAPACITIES = {
    Step.EDITING: offices.CONTENT_TEAM,
    Step.CLEARING: offices.SECRETARY,
    Step.PUBLISHING: offices.STANDING_DEPUTY,
}


def paragraph_1a_the_team_receives(actor: Actor) -> Refusal | None:
    """Đ10.1a: what is sent in is received, checked and decided by the content team."""
    if actor.capacity == offices.CONTENT_TEAM:
        return None
    return Refusal("QC2024 Đ10.1a", "only_the_team_receives", on_authority=True)


def paragraph_1a_channel_is_one_of_the_four(intake: Intake) -> Refusal | None:
    """Đ10.1a: information comes by post, document system, e-mail or the collaborators' Zalo group."""
    if intake.channel in CHANNELS:
        return None
    return Refusal("QC2024 Đ10.1a", "channel_unknown", "channel")


def paragraph_1a_origin_and_purpose_are_determined(intake: Intake) -> Refusal | None:
    """Đ10.1a: provider, origin and purpose are determined before an item goes on."""
    for about in ("provider", "origin", "purpose"):
        if not getattr(intake, about):
            return Refusal("QC2024 Đ10.1a", f"{about}_missing", about)
    return None


def paragraph_1a_is_decided_once(decision: Decision) -> Refusal | None:
    """Đ10.1a: a submission is accepted or refused once."""
    if decision is Decision.PENDING:
        return None
    return Refusal("QC2024 Đ10.1a", "submission_decided", facts={"decision": decision})


def paragraph_1b_acts_in_a_capacity_held(actor: Actor) -> Refusal | None:
    """Đ10.1b: each part uses the account issued to it; who does not hold the capacity today does not act in it."""
    if actor.capacity in actor.held:
        return None
    return Refusal("QC2024 Đ10.1b", "capacity_not_held", facts={"capacity": actor.capacity}, on_authority=True)


def paragraph_1b_is_at(step: Step, present: Step) -> Refusal | None:
    """Đ10.1b: the three steps follow each other; none is skipped and none is done twice."""
    if present is step:
        return None
    return Refusal(STEP_CLAUSES[step], "not_at_this_step", facts={"step": present})


def paragraph_1b_step_is_done_by_its_part(step: Step, actor: Actor) -> Refusal | None:
    """Đ10.1b: step 1 is the content team's, step 2 the secretary's, step 3 the standing deputy's."""
    if actor.capacity == STEP_CAPACITIES[step]:
        return None
    return Refusal(
        STEP_CLAUSES[step], "step_of_another_part", facts={"capacity": STEP_CAPACITIES[step]}, on_authority=True
    )


def paragraph_1b_somebody_else_did_step_1(actor: Actor, sender: str | None) -> Refusal | None:
    """Đ10.1b: who edited and sent an item does not also moderate it, even when holding both capacities."""
    if sender is None or actor.account != sender:
        return None
    return Refusal("QC2024 Đ10.1b", "same_person_did_step_1", on_authority=True)


def paragraph_1b_step_3_standing_deputy_publishes(actor: Actor) -> Refusal | None:
    """Đ10.1b-3: the standing deputy publishes, or the secretary by a delegation in force on that day."""
    if actor.capacity == offices.STANDING_DEPUTY and actor.on_behalf_of is None:
        return None
    if actor.capacity == offices.SECRETARY and actor.on_behalf_of == offices.STANDING_DEPUTY:
        return _delegation_is_in_force(actor)
    return Refusal("QC2024 Đ10.1b-3", "only_the_standing_deputy_publishes", on_authority=True)


def _delegation_is_in_force(actor: Actor) -> Refusal | None:
    if actor.delegation is not None:
        return None
    return Refusal("QC2024 Đ10.1b-3", "no_delegation_in_force", on_authority=True)


def paragraph_1b_step_3_what_is_published_was_cleared(cleared: str | None, present: str, seen: str) -> Refusal | None:
    """Đ10.1b-3: the bytes published are the bytes cleared, and those that the publisher saw."""
    if cleared == present == seen:
        return None
    return Refusal("QC2024 Đ10.1b-3", "content_changed_since_clearing")


def paragraph_1b_step_2_what_is_cleared_was_seen(present: str, seen: str) -> Refusal | None:
    """Đ10.1b-2: the secretary clears exactly the bytes that were shown."""
    return None if present == seen else Refusal("QC2024 Đ10.1b-2", "content_changed_meanwhile")


def paragraph_1b_goes_back_to_an_earlier_step(present: Step, wanted: Step) -> Refusal | None:
    """Đ10.1b: what is sent back goes to a step before the present one."""
    order = list(STEP_CLAUSES)
    if wanted in order and order.index(wanted) < order.index(present):
        return None
    return Refusal("QC2024 Đ10.1b", "not_an_earlier_step", "to_step")


def paragraph_1b_return_gives_a_reason(reason: str) -> Refusal | None:
    """Đ10.1b: who sends an item back says why."""
    return None if reason else Refusal("QC2024 Đ10.1b", "reason_missing", "reason")


def paragraph_2_sensitive_waits_for_the_head(consultation: Consultation) -> Refusal | None:
    """Đ10.2: unclear, sensitive or complex information waits until the head, the board consulted, agrees."""
    if consultation.sensitivity is Sensitivity.ORDINARY or consultation.head_agreed:
        return None
    return Refusal("QC2024 Đ10.2", "waits_for_the_head")


def paragraph_2_special_waits_for_the_chairman(consultation: Consultation) -> Refusal | None:
    """Đ10.2: in a special case the province chairman's opinion comes before publication."""
    if consultation.sensitivity is not Sensitivity.SPECIAL or consultation.chairman_agreed:
        return None
    return Refusal("QC2024 Đ10.2", "waits_for_the_chairman")


def paragraph_2_the_board_was_consulted(board_view: str) -> Refusal | None:
    """Đ10.2: the head decides after exchange with the board, whose view is recorded."""
    return None if board_view else Refusal("QC2024 Đ10.2", "board_view_missing", "board_view")


def paragraph_2_the_head_decides(actor: Actor) -> Refusal | None:
    """Đ10.2: the standing deputy reports to the head, and the head decides."""
    if actor.capacity == offices.HEAD:
        return None
    return Refusal("QC2024 Đ10.2", "only_the_head_decides", on_authority=True)


def paragraph_2_is_flagged_by_those_who_moderate(actor: Actor) -> Refusal | None:
    """Đ10.2: team, secretary and standing deputy may mark an item sensitive; only the latter two may say how much."""
    if actor.capacity in (offices.CONTENT_TEAM, offices.SECRETARY, offices.STANDING_DEPUTY):
        return None
    return Refusal("QC2024 Đ10.2", "only_moderators_flag", on_authority=True)


def paragraph_2_is_marked_down_by_the_standing_deputy(
    actor: Actor, present: Sensitivity, wanted: Sensitivity
) -> Refusal | None:
    """Đ10.2: once marked, an item is marked down again by the standing deputy only."""
    order = list(Sensitivity)
    if order.index(wanted) >= order.index(present) or actor.capacity == offices.STANDING_DEPUTY:
        return None
    return Refusal("QC2024 Đ10.2", "only_the_standing_deputy_lowers", on_authority=True)


def paragraph_2_opinion_is_asked_for_in_special_cases(sensitivity: Sensitivity) -> Refusal | None:
    """Đ10.2: the chairman's opinion is asked for in special cases, so an item is marked special first."""
    return None if sensitivity is Sensitivity.SPECIAL else Refusal("QC2024 Đ10.2", "not_special")


def paragraph_2_opinion_is_a_document(number: str) -> Refusal | None:
    """Đ10.2: the province chairman's opinion is recorded by the number of the document that holds it."""
    return None if number else Refusal("QC2024 Đ10.2", "opinion_number_missing", "number")


def paragraph_2_opinion_is_recorded_by_its_receivers(actor: Actor) -> Refusal | None:
    """Đ10.2: the standing deputy asks for the chairman's opinion; the deputy or the secretary records it."""
    if actor.capacity in (offices.STANDING_DEPUTY, offices.SECRETARY):
        return None
    return Refusal("QC2024 Đ10.2", "only_receivers_record_opinions", on_authority=True)


def paragraph_4_own_products_begin_at_step_1(actor: Actor) -> Refusal | None:
    """Đ10.4: what the content team writes itself skips process 1 and begins at step 1."""
    if actor.capacity == offices.CONTENT_TEAM:
        return None
    return Refusal("QC2024 Đ10.4", "only_the_team_writes", on_authority=True)
