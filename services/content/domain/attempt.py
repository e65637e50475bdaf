"""A refused attempt on authority: somebody tried what they may not do."""

from infra.kernel.aggregate import Aggregate, FirstEvent


class Attempt(Aggregate):
    """One attempt, kept so that reviewers see it (QC2024 Đ6.3)."""

    TOPIC = "content.attempt"

    class Refused(FirstEvent):
        """The command was refused under the clause of this event."""

        TOPIC = "content.attempt.refused"
        command: str
        subject: str
        code: str
