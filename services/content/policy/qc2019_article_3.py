"""QC2019 Điều 3: what the board may and must do."""

from infra.kernel.verdicts import Refusal


def paragraph_5_refusing_to_post_gives_reason_and_ground(reason: str, ground: str) -> Refusal | None:
    """Đ3.5: the board may refuse to post what was supplied, by law: with a reason and a legal ground."""
    if not reason:
        return Refusal("QC2019 Đ3.5", "reason_missing", "reason")
    return None if ground else Refusal("QC2019 Đ3.5", "ground_missing", "ground")
