"""Law 91/2025/QH15, article 14: when a person's record is deleted, and when it is not."""

from infra.kernel.verdicts import Refusal

GROUNDS = ("asked", "purpose-reached", "time-over", "ordered")
"""Why a record is deleted: the person asks, the purpose is reached, the time is over, somebody competent orders it."""


def paragraph_1_a_record_is_deleted_on_a_ground_of_the_law(ground: str) -> Refusal | None:
    """Law 91/2025 Đ14.1: personal data are deleted on one of the grounds that the paragraph lists."""
    return None if ground in GROUNDS else Refusal("Law 91/2025 Đ14.1", "erasing_ground_unknown", about="ground")


def paragraph_2_who_serves_the_state_is_known_by_name(*, in_office: bool) -> Refusal | None:
    """Law 91/2025 Đ14.2, Đ19.1c: what a state body's work needs stays; who acts in an office, or will, is not deleted."""
    return Refusal("Law 91/2025 Đ14.2", "person_in_office") if in_office else None
