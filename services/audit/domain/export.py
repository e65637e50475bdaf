"""An export: data of the audit log left the portal, and for what purpose."""

from dataclasses import field
from typing import Self
from uuid import UUID

from infra.kernel.act import Act
from infra.kernel.aggregate import Aggregate, FirstEvent
from infra.kernel.verdicts import Refusal
from services.audit.policy import qc2024_article_6

FORMATS = ("csv", "json")


class Export(Aggregate):
    """QC2024 Đ6.7: what was taken away, by whom, for what."""

    TOPIC = "audit.export"

    purpose: str = ""
    file_format: str = ""
    criteria: dict[str, str] = field(default_factory=dict)
    entries: int = 0
    taken_by: str = ""

    class Made(FirstEvent):
        """Rows were taken away: those of the first `entries` entries of the audit log that meet the criteria."""

        TOPIC = "audit.export.made"
        purpose: str
        file_format: str
        criteria: dict[str, str]
        entries: int
        taken_by: str

    @classmethod
    def make(
        cls, export_id: UUID, purpose: str, file_format: str, criteria: dict[str, str], entries: int, *, act: Act
    ) -> Self | Refusal:
        """Take rows away for a stated purpose."""
        refusal = qc2024_article_6.paragraph_7_data_leave_for_a_stated_purpose(purpose)
        if refusal is not None:
            return refusal
        return cls.begin(
            cls.Made,
            export_id,
            act=act,
            clause="QC2024 Đ6.7",
            purpose=purpose.strip(),
            file_format=file_format,
            criteria=criteria,
            entries=entries,
            taken_by=str(act.account),
        )
