"""Regulation of 2019, article 4: what the head of the board answers for."""

from infra.kernel.offices import HEAD, STANDING_DEPUTY, SYSTEM
from infra.kernel.verdicts import Refusal


def paragraph_1_the_head_or_the_standing_office_registers_who_holds_a_seat(capacity: str) -> Refusal | None:
    """QC2019 Đ4.1 with QC2024 Đ7.2: the head runs the board, the standing office its daily business; nobody else."""
    if capacity in {HEAD, STANDING_DEPUTY, SYSTEM}:
        return None
    return Refusal("QC2019 Đ4.1", "appointing_is_for_the_head_or_the_standing_deputy", on_authority=True)
