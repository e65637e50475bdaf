"""A service of two sentences, for trying what carries events and calls: it posts notices and amends them."""

from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

from pymongo.database import Database

from infra.event_store import ServiceApplication
from infra.kernel.act import Act
from infra.kernel.aggregate import Aggregate, Event, FirstEvent

EDITOR = UUID(int=77)
NOON = datetime(2026, 3, 2, 5, tzinfo=UTC)


class Attempt(Aggregate):
    TOPIC = "demo.attempt"

    class Refused(FirstEvent):
        TOPIC = "demo.attempt.refused"
        command: str
        subject: str
        code: str

        def apply(self, aggregate: Aggregate) -> None:
            """An attempt has no state."""


class Notice(Aggregate):
    TOPIC = "demo.notice"
    text: str = ""

    class Posted(FirstEvent):
        TOPIC = "demo.notice.posted"
        text: str

        def apply(self, aggregate: Aggregate) -> None:
            cast("Notice", aggregate).text = self.text

    class Amended(Event):
        TOPIC = "demo.notice.amended"
        text: str

        def apply(self, aggregate: Aggregate) -> None:
            cast("Notice", aggregate).text = self.text


def an_act(correlation: int = 1) -> Act:
    return Act(EDITOR, "content-team", NOON, UUID(int=correlation))


class Notices(ServiceApplication):
    def __init__(self, log: Database[dict[str, Any]]) -> None:
        super().__init__(log, Attempt)

    def post(self, number: int, text: str) -> None:
        notice = Notice.begin(Notice.Posted, UUID(int=number), act=an_act(number), clause="QC2024 Đ10.4", text=text)
        self.save(notice)

    def amend(self, number: int, text: str) -> None:
        notice = self.load(Notice, UUID(int=number))
        notice.record(Notice.Amended, act=an_act(number), clause="QC2024 Đ10.4", text=text)
        self.save(notice)

    def post_many(self, first: int, count: int) -> None:
        """Save many notices in one commit."""
        notices = (
            Notice.begin(Notice.Posted, UUID(int=n), act=an_act(n), clause="QC2024 Đ10.4", text=f"Thông báo {n}")
            for n in range(first, first + count)
        )
        self.save(*notices)
