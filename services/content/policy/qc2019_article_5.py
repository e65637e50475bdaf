"""QC2019 Điều 5: what the standing deputy answers for."""

from infra.kernel import offices
from infra.kernel.verdicts import Refusal
from services.content.policy.facts import Actor


def paragraph_2_withdraws_who_answers_for_content(actor: Actor) -> Refusal | None:
    """Đ5.2: the standing deputy answers in law for what stands on the portal, and so takes it down; the head may too."""
    if actor.capacity in (offices.STANDING_DEPUTY, offices.HEAD) and actor.on_behalf_of is None:
        return None
    return Refusal("QC2019 Đ5.2", "only_who_answers_withdraws", on_authority=True)
