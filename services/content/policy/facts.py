"""The facts that the rules on content are asked about."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

PUBLISH = "publish"
"""The scope of a delegation that lets its receiver publish (QC2024 Đ10.1b step 3)."""


class Step(StrEnum):
    """Where an item stands (QC2024 Đ10.1b)."""

    EDITING = "editing"
    CLEARING = "clearing"
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Sensitivity(StrEnum):
    """How carefully an item must be decided (QC2024 Đ10.2)."""

    ORDINARY = "ordinary"
    SENSITIVE = "sensitive"
    SPECIAL = "special"


class Decision(StrEnum):
    """What became of a submission (QC2024 Đ10.1a)."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: the capacity acted in, all capacities held at that instant, and the delegation in force, if any.

    `on_behalf_of` is the office acted for; `delegation` the number of the decision that allows it today, else None.
    """

    account: str
    capacity: str
    held: frozenset[str]
    on_behalf_of: str | None = None
    delegation: str | None = None


@dataclass(frozen=True, slots=True)
class Intake:
    """What is known of a submission when it is recorded (QC2024 Đ10.1a)."""

    channel: str
    provider: str
    origin: str
    purpose: str


@dataclass(frozen=True, slots=True)
class Received:
    """What is written down when a submission comes in.

    `provider` is an organisation, no person; the person behind it stays in the people store, here only as
    `person_hash` (salted, empty if none); dates are ISO; attachments are records of stored files.
    """

    title: str
    intake: Intake
    classification: str
    received_on: str
    document_number: str
    document_date: str
    person_hash: str
    attachments: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Consultation:
    """What higher levels have said about an item (QC2024 Đ10.2)."""

    sensitivity: Sensitivity = Sensitivity.ORDINARY
    head_agreed: bool = False
    chairman_agreed: bool = False


@dataclass(frozen=True, slots=True)
class Standards:
    """What the portal allows on that day: kinds by section, and the register of official sources."""

    sections: Mapping[str, frozenset[str]]
    sources: frozenset[str]
