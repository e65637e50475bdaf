"""Why somebody's record is deleted, and who allowed it."""

from dataclasses import dataclass

from infra.kernel.act import Act
from infra.kernel.verdicts import Refusal, first_refusal
from services.board.domain.decision import Decision
from services.board.policy.law_91_2025_article_14 import (
    paragraph_1_a_record_is_deleted_on_a_ground_of_the_law,
    paragraph_2_who_serves_the_state_is_known_by_name,
)

CLAUSE = "Law 91/2025 Đ14.1"


@dataclass(frozen=True, slots=True)
class Erasure:
    """A ground of the law, and the document by which it was asked for or allowed (QC2024 Đ6.4)."""

    ground: str
    decision: Decision

    def refusal(self, *, in_office: bool, act: Act) -> Refusal | None:
        """Tell what speaks against it."""
        return first_refusal(
            paragraph_1_a_record_is_deleted_on_a_ground_of_the_law(self.ground),
            self.decision.refusal(act.at),
            paragraph_2_who_serves_the_state_is_known_by_name(in_office=in_office),
        )

    def as_record(self) -> dict[str, str]:
        """Return what an event stores of it."""
        return {"ground": self.ground, **self.decision.as_record()}
