"""Regulation of 2019, article 5: what the standing deputy answers for, and when for the head."""

from infra.kernel.offices import HEAD, STANDING_DEPUTY
from infra.kernel.verdicts import Refusal

ACT_FOR_THE_HEAD = "act-for-the-head"
"""Scope of a delegation: chair the board and settle its business while the head is away."""


def paragraph_1_the_head_lets_the_standing_deputy_act_for_the_head(giver: str, receiver: str) -> Refusal | None:
    """QC2019 Đ5.1: the standing deputy acts for the head when absent, and only when the head has authorised it."""
    if giver != HEAD:
        return Refusal("QC2019 Đ5.1", "only_the_head_delegates_this", about="scope", on_authority=True)
    if receiver != STANDING_DEPUTY:
        return Refusal("QC2019 Đ5.1", "receiver_must_be_the_standing_deputy", about="scope")
    return None
