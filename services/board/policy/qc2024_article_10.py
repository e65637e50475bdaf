"""Draft regulation of 2024, article 10, as far as the board keeps it: who may let whom publish."""

from infra.kernel.offices import SECRETARY, STANDING_DEPUTY
from infra.kernel.verdicts import Refusal

PUBLISH = "publish"
"""Scope of a delegation: re-moderate and publish in the standing deputy's place."""


def paragraph_1b_step_3_the_standing_deputy_lets_the_secretary_publish(giver: str, receiver: str) -> Refusal | None:
    """QC2024 Đ10.1b step 3: the standing deputy may authorise the secretary to publish; no other office may, no other can."""
    if giver != STANDING_DEPUTY:
        return Refusal("QC2024 Đ10.1b", "only_the_standing_deputy_delegates_this", about="scope", on_authority=True)
    if receiver != SECRETARY:
        return Refusal("QC2024 Đ10.1b", "receiver_must_be_the_secretary", about="scope")
    return None
