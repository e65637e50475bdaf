"""QC2019 Điều 7: what members who edit answer for."""

from collections.abc import Collection

from infra.kernel.verdicts import Refusal
from services.content.policy.facts import Step

ATTESTATIONS = ("accuracy", "lawfulness", "no_state_secret")
"""What the editor attests before sending an item on: accuracy and orientation (Đ7.4), laws and state secrets (Đ7.2)."""


def paragraph_4_editor_attests_before_sending(attested: Collection[str]) -> Refusal | None:
    """Đ7.2, Đ7.4: the editor checks accuracy, laws and secrets before submitting for approval, and is liable."""
    for attestation in ATTESTATIONS:
        if attestation not in attested:
            return Refusal("QC2019 Đ7.4", "attestation_missing", f"attest_{attestation}")
    return None


def paragraph_5_correction_tells_readers(change_note: str) -> Refusal | None:
    """Đ7.5: what is found wrong after posting is corrected, and readers are told what changed."""
    return None if change_note else Refusal("QC2019 Đ7.5", "change_note_missing", "change_note_vi")


def paragraph_5_withdrawal_explains(explanation: str) -> Refusal | None:
    """Đ7.5: a published item is withdrawn with an explanation that readers see."""
    return None if explanation else Refusal("QC2019 Đ7.5", "explanation_missing", "explanation_vi")


def paragraph_5_is_public(step: Step) -> Refusal | None:
    """Đ7.5: corrected is what stands on the portal and is not being corrected already."""
    return None if step is Step.PUBLISHED else Refusal("QC2019 Đ7.5", "not_public", facts={"step": step})


def paragraph_5_corrects_what_is_public(edition: int) -> Refusal | None:
    """Đ7.5: correction and withdrawal concern what has been posted."""
    return None if edition else Refusal("QC2019 Đ7.5", "never_published")


def paragraph_5_is_withdrawn_once(step: Step) -> Refusal | None:
    """Đ7.5: what is withdrawn is not withdrawn again."""
    return Refusal("QC2019 Đ7.5", "withdrawn_already") if step is Step.WITHDRAWN else None
