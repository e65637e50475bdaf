"""The answer of a command: accepted, or refused with the clause that refuses."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from uuid import UUID

_NOTHING: Mapping[str, str | int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Refusal:
    """The regulation or the state says no.

    `clause` names the paragraph ("QC2024 Đ10.1b"); `code` is from the closed list of the service and is what users
    see translated; `about` names the form field beside which it is shown; `facts` fill the translated sentence;
    `on_authority` tells that somebody tried what they may not do, which is recorded.
    """

    clause: str
    code: str
    about: str | None = None
    facts: Mapping[str, str | int] = field(default_factory=lambda: _NOTHING)
    on_authority: bool = False


@dataclass(frozen=True, slots=True)
class Accepted:
    """The command was carried out: the aggregate's id and version, and the log position up to which to wait."""

    subject: UUID
    version: int
    position: int


Verdict = Accepted | Refusal


def first_refusal(*refusals: Refusal | None) -> Refusal | None:
    """Return the first rule's refusal, or None when every rule holds."""
    return next((refusal for refusal in refusals if refusal is not None), None)
