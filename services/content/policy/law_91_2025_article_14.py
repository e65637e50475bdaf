"""Law 91/2025/QH15, article 14: when the record of a person is deleted."""

from infra.kernel.verdicts import Refusal

GROUNDS = ("asked", "purpose-reached", "time-over", "ordered")
"""Why a record is deleted: the person asks, the purpose is reached, the time is over, somebody competent orders it."""


def paragraph_1_a_record_is_deleted_on_a_ground_of_the_law(ground: str) -> Refusal | None:
    """Law 91/2025 Đ14.1: personal data are deleted on one of the grounds that the paragraph lists."""
    return None if ground in GROUNDS else Refusal("Law 91/2025 Đ14.1", "erasing_ground_unknown", "ground")
