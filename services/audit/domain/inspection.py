"""An inspection: somebody had all logs checked, and this was found."""

from collections.abc import Sequence
from typing import Self
from uuid import UUID

from infra.kernel.act import Act
from infra.kernel.aggregate import Aggregate, FirstEvent

MOST_NAMED = 20
"""An event names so many of the differences found; the page that shows the outcome names more."""


class Inspection(Aggregate):
    """QC2024 Đ18, Đ19.1: the head and the standing office inspect regularly; here is the trace that they did."""

    TOPIC = "audit.inspection"

    class Finished(FirstEvent):
        """Every log was checked up to `entries` entries with the tree's `root`; `found` names what differs."""

        TOPIC = "audit.inspection.finished"
        entries: int
        root: str
        intact: bool
        found: list[str]

    @classmethod
    def finish(cls, inspection_id: UUID, entries: int, root: bytes, found: Sequence[str], *, act: Act) -> Self:
        """Record what an inspection has found."""
        return cls.begin(
            cls.Finished,
            inspection_id,
            act=act,
            clause="QC2024 Đ19.1",
            entries=entries,
            root=root.hex(),
            intact=not found,
            found=list(found[:MOST_NAMED]),
        )
