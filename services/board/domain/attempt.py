"""An attempt: somebody tried what they may not do, and was refused."""

from infra.kernel.aggregate import Aggregate, FirstEvent


class Attempt(Aggregate):
    """One refused command; its only event says all there is (QC2024 Đ6.3)."""

    TOPIC = "board.attempt"

    class Refused(FirstEvent):
        """`command` on `subject` (an aggregate's id, or empty) was refused with `code`; `clause` refused it."""

        TOPIC = "board.attempt.refused"
        command: str
        subject: str
        code: str
