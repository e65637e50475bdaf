"""A key of the audit log: that it took over, and from when on it signs."""

from typing import Self
from uuid import UUID

from infra.kernel.act import Act
from infra.kernel.aggregate import Aggregate, FirstEvent


class LogKey(Aggregate):
    """QC2024 Đ6.5: whoever checks the log later must be able to tell which key was valid when."""

    TOPIC = "audit.key"

    class Rotated(FirstEvent):
        """The key took over; `change` is what the key before it and the key itself have signed, as one line of the keys.

        The line is `name+id+base64 after signature signature`: it signs the trees of more than `after` entries.
        """

        TOPIC = "audit.key.rotated"
        change: str

    @classmethod
    def rotate(cls, key_id: UUID, change: str, *, act: Act) -> Self:
        """Record that a key took over."""
        return cls.begin(cls.Rotated, key_id, act=act, clause="QC2024 Đ6.5", change=change)
