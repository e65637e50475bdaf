"""What is asked of whoever deletes a person's record for ever."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from infra.web.fields import Choice, Day, Flag, Text
from infra.web.forms import Form
from infra.web.languages import msg
from services.board.application import Decision, Erasure

GROUND_WORDS = {
    "asked": msg("The person asks for it"),
    "purpose-reached": msg("The purpose for which the record was kept is reached"),
    "time-over": msg("The time for which the record may be kept is over"),
    "ordered": msg("A competent body orders it"),
}


@dataclass(frozen=True, slots=True)
class Erasing:
    """On which ground, by which document, and that it is meant."""

    ground: Annotated[str, Choice(msg("Ground in the law"), GROUND_WORDS)]
    decision: Annotated[
        str,
        Text(
            msg("Number of the request or decision"),
            longest=100,
            hint=msg("The document with which the competent level allows it. Only its number: name nobody here."),
        ),
    ]
    decided_on: Annotated[date, Day(msg("Signed on"))]
    meant: Annotated[
        bool, Flag(msg("I have checked that this is the right person, and that nothing can bring it back."))
    ]

    @property
    def erasure(self) -> Erasure:
        """The same as the use case takes it."""
        return Erasure(self.ground, Decision(self.decision, self.decided_on))


ERASING = Form("erase", Erasing)
