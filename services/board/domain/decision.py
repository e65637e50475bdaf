"""A signed decision of a competent person, as acts of the board cite it."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from infra.kernel.verdicts import Refusal
from services.board.policy.qc2024_article_6 import paragraph_6_a_change_cites_a_signed_decision

PROVINCE_TIME = ZoneInfo("Asia/Ho_Chi_Minh")
"""The clock by which a decision has its day."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The number ("12/QĐ-STTTT") and the day on which it was signed."""

    number: str
    signed_on: date

    def refusal(self, at: datetime) -> Refusal | None:
        """Tell what speaks against citing the decision at the instant."""
        today = at.astimezone(PROVINCE_TIME).date()
        return paragraph_6_a_change_cites_a_signed_decision(self.number, self.signed_on, today)

    def as_record(self) -> dict[str, str]:
        """Return what an event stores of it."""
        return {"decision": self.number, "decided_on": self.signed_on.isoformat()}
