"""The board itself: founded by the province's decision, opened once its first people are in their seats."""

from infra.kernel.act import Act
from infra.kernel.aggregate import Aggregate, Event, FirstEvent
from infra.kernel.ids import natural_id
from infra.kernel.verdicts import Refusal
from services.board.domain.decision import Decision
from services.board.policy.qd2461_article_1 import (
    only_setting_up_establishes_seats,
    setting_up_ends_when_the_board_opens,
)

BOARD_ID = natural_id("board.board")
"""A province has one board."""


class Board(Aggregate):
    """Whether setting up may still act."""

    TOPIC = "board.board"
    opened: bool = False

    class Founded(FirstEvent):
        """The province's decision was entered."""

        TOPIC = "board.board.founded"
        profile: str
        decision: str
        decided_on: str

    class Opened(Event):
        """The first people are in their seats; from now on only people act."""

        TOPIC = "board.board.opened"

        def apply(self, board: "Board") -> None:
            """Remember it."""
            board.opened = True

    @classmethod
    def found(cls, profile: str, decision: Decision, *, act: Act) -> "Board | Refusal":
        """Begin the board that the decision sets up (QD2461 Đ1, Đ3)."""
        refusal = only_setting_up_establishes_seats(act.capacity) or decision.refusal(act.at)
        if refusal:
            return refusal
        facts = decision.as_record()
        return cls.begin(cls.Founded, BOARD_ID, act=act, clause="QD2461 Đ1", profile=profile, **facts)

    def open(self, *, act: Act) -> Refusal | None:
        """End the setting-up (QD2461 Đ1)."""
        refusal = only_setting_up_establishes_seats(act.capacity) or setting_up_ends_when_the_board_opens(
            act.capacity, opened=self.opened
        )
        if refusal is None:
            self.record(self.Opened, act=act, clause="QD2461 Đ1")
        return refusal
