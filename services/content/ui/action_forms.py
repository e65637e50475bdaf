"""What the acts on an item ask of a person."""

from dataclasses import dataclass
from typing import Annotated

from infra.web.fields import Choice, Flag, Text
from infra.web.languages import msg
from services.content.policy.facts import Step
from services.content.ui.words import SENSITIVITIES

REASON = Text(msg("Reason"), longest=2_000, rows=4, hint=msg("It stays in the record of the item."))


@dataclass(frozen=True, slots=True)
class Nothing:
    """Asks nothing besides the button."""


@dataclass(frozen=True, slots=True)
class Attestation:
    """What the editor answers for (QC2019 Đ7.2, Đ7.4)."""

    attest_accuracy: Annotated[bool, Flag(msg("I have checked that the content is accurate."))]
    attest_lawfulness: Annotated[bool, Flag(msg("It keeps the press, copyright and cybersecurity laws."))]
    attest_no_state_secret: Annotated[bool, Flag(msg("It holds no state secret."))]


@dataclass(frozen=True, slots=True)
class Reasoned:
    """Asks for a reason."""

    reason: Annotated[str, REASON]


@dataclass(frozen=True, slots=True)
class Return:
    """Asks where to and why."""

    to_step: Annotated[
        str,
        Choice(
            msg("Send it back to"),
            {Step.EDITING.value: msg("the content team"), Step.CLEARING.value: msg("the secretary")},
        ),
    ]
    reason: Annotated[str, REASON]


@dataclass(frozen=True, slots=True)
class Flagging:
    """Asks how sensitive an item is, and why."""

    sensitivity: Annotated[str, Choice(msg("Sensitivity"), SENSITIVITIES)]
    reason: Annotated[str, REASON]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Asks what the board said."""

    board_view: Annotated[str, Text(msg("View of the board"), longest=5_000, rows=5)]


@dataclass(frozen=True, slots=True)
class Opinion:
    """Asks for the document that holds the chairman's opinion."""

    number: Annotated[str, Text(msg("Number of the document"), longest=100)]
    favourable: Annotated[bool, Flag(msg("The chairman agrees to publication."))]


@dataclass(frozen=True, slots=True)
class Correction:
    """Asks why, and what readers are told."""

    reason: Annotated[str, REASON]
    change_note_vi: Annotated[str, Text(msg("What changed, for readers (Vietnamese)"), 1_000, rows=3)]
    change_note_en: Annotated[str, Text(msg("What changed, for readers (English)"), 1_000, rows=3, required=False)]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Asks what readers are told about a withdrawal."""

    explanation_vi: Annotated[str, Text(msg("Explanation for readers (Vietnamese)"), 2_000, rows=4)]
    explanation_en: Annotated[str, Text(msg("Explanation for readers (English)"), 2_000, rows=4, required=False)]
