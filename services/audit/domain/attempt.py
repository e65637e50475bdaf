"""A refused attempt on authority: somebody wanted to inspect who may not."""

from infra.kernel.aggregate import Aggregate, FirstEvent


class Attempt(Aggregate):
    """One attempt, kept so that reviewers see it (QC2024 Đ6.3)."""

    TOPIC = "audit.attempt"

    class Refused(FirstEvent):
        """The command was refused under the clause of this event."""

        TOPIC = "audit.attempt.refused"
        command: str
        subject: str
        code: str
