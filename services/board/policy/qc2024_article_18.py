"""Draft regulation of 2024, articles 18 and 19: who sees to it that the regulation is kept."""

from infra.kernel.offices import HEAD, STANDING_DEPUTY
from infra.kernel.verdicts import Refusal


def reviewers_are_named_by_the_head_or_the_standing_office(capacity: str) -> Refusal | None:
    """QC2024 Đ18, Đ19.1: the head inspects, the standing office leads inspection; they name who does it for them."""
    if capacity in {HEAD, STANDING_DEPUTY}:
        return None
    return Refusal("QC2024 Đ18", "reviewers_are_named_by_the_head", on_authority=True)


def article_19_1_a_reviewer_reviews_no_own_work(*, works_in_a_team: bool) -> Refusal | None:
    """QC2024 Đ19.1: who inspects the keeping of the regulation is none of those who carry it out every day."""
    if not works_in_a_team:
        return None
    return Refusal("QC2024 Đ19.1", "reviewer_works_in_a_team", about="account")
