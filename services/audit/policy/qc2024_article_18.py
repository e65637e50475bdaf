"""QC2024 Điều 18 and 19: who inspects how the regulation is kept."""

from collections.abc import Collection

from infra.kernel.offices import HEAD, REVIEWER, STANDING_DEPUTY
from infra.kernel.verdicts import Refusal

INSPECTORS = frozenset({REVIEWER, HEAD, STANDING_DEPUTY})
"""The head (Đ18), the standing office led by the standing deputy (Đ19.1), and whoever they charge with inspecting."""


def head_and_standing_office_inspect(capacity: str, held: Collection[str]) -> Refusal | None:
    """QC2024 Đ18, Đ19.1: the head and the standing office inspect, themselves or by reviewers; nobody else does."""
    if capacity in INSPECTORS and capacity in held:
        return None
    return Refusal("QC2024 Đ19.1", "not_an_inspector", on_authority=True)
