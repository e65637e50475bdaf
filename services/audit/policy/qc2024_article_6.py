"""QC2024 Điều 6: what is strictly forbidden to those who manage, use and exploit the portal."""

from infra.kernel.verdicts import Refusal

SHORTEST_PURPOSE = 10
"""A purpose of fewer characters says nothing (source: the portal's own choice)."""


def paragraph_7_data_leave_for_a_stated_purpose(purpose: str) -> Refusal | None:
    """QC2024 Đ6.7: data of the system are not for personal use, so whoever takes some away says what for."""
    if len(purpose.strip()) >= SHORTEST_PURPOSE:
        return None
    return Refusal("QC2024 Đ6.7", "purpose_missing", "purpose", {"shortest": SHORTEST_PURPOSE})
