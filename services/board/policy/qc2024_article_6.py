"""Draft regulation of 2024, article 6: what is forbidden to whoever has an account."""

from datetime import date
from uuid import UUID

from infra.kernel.verdicts import Refusal


def paragraph_2_nobody_uses_the_account_of_another(account: UUID, actor: UUID) -> Refusal | None:
    """QC2024 Đ6.2: passwords and sessions are their owner's business."""
    if account == actor:
        return None
    return Refusal("QC2024 Đ6.2", "not_your_account", on_authority=True)


def paragraph_3_an_account_acts_within_an_office_held_today(*, held: bool) -> Refusal | None:
    """QC2024 Đ6.3: nobody acts outside the scope and duty assigned; an office given up yesterday is none."""
    if held:
        return None
    return Refusal("QC2024 Đ6.3", "office_not_held", on_authority=True)


def paragraph_3_nobody_registers_an_office_for_the_own_account(account: UUID, actor: UUID) -> Refusal | None:
    """QC2024 Đ6.3: an office, a place or a reviewer's mandate is given by somebody else."""
    if account != actor:
        return None
    return Refusal("QC2024 Đ6.3", "not_for_yourself", about="account", on_authority=True)


def paragraph_6_a_change_cites_a_signed_decision(number: str, signed_on: date, today: date) -> Refusal | None:
    """QC2024 Đ6.6: nothing in how the portal is run changes without permission: the decision's number and its day."""
    if not number.strip():
        return Refusal("QC2024 Đ6.6", "decision_number_missing", about="decision")
    if signed_on > today:
        return Refusal("QC2024 Đ6.6", "decision_not_yet_signed", about="decided_on")
    return None
