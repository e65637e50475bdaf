"""Tampering: the monitor has found that logs are not what was written, and here is the trace of it."""

from collections.abc import Sequence
from typing import Self
from uuid import UUID

from infra.kernel.act import Act
from infra.kernel.aggregate import Aggregate, FirstEvent

MOST_NAMED = 20
"""An event names so many of the differences found; the page names more."""


class Tampering(Aggregate):
    """QC2024 Đ6.5: that data were changed stays known, also when they are changed back."""

    TOPIC = "audit.tampering"

    class Found(FirstEvent):
        """Differences that were not known before, found while the log had `entries` entries with the tree's `root`."""

        TOPIC = "audit.tampering.found"
        entries: int
        root: str
        found: list[str]
        total: int

    @classmethod
    def find(cls, finding_id: UUID, entries: int, root: bytes, found: Sequence[str], *, act: Act) -> Self:
        """Record what was found."""
        named, total = list(found[:MOST_NAMED]), len(found)
        return cls.begin(
            cls.Found,
            finding_id,
            act=act,
            clause="QC2024 Đ6.5",
            entries=entries,
            root=root.hex(),
            found=named,
            total=total,
        )
