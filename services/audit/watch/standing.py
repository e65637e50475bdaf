"""What the monitor says at one instant to "are the logs intact?", and for how long its word is good."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from services.audit.log.verification import Answer

WORD_IS_GOOD = timedelta(seconds=20)
"""After so long without another word the monitor is not believed to live."""
_CLOCKS_DIFFER = timedelta(seconds=60)

NO_MONITOR, SILENT, CLOCK = "no_monitor", "silent", "clock"
NOT_CHECKED_YET, BEING_CHECKED, OVERDUE = "not_checked_yet", "being_checked", "overdue"
STORE_AWAY, NO_KEY, LATE = "store_away", "no_key", "late"
"""Why something is unproven, besides what the verification says."""


@dataclass(frozen=True, slots=True)
class Progress:
    """The reading that goes on: since when, and how many of how many entries are done."""

    begun_at: datetime
    done: int
    of: int

    @property
    def percent(self) -> int:
        """How much is done."""
        return 100 * self.done // self.of if self.of else 0


@dataclass(frozen=True, slots=True)
class Remembering:
    """A place that keeps checkpoints: the size of the last, and a code of what is the matter, or nothing."""

    place: str
    size: int
    problem: str


@dataclass(frozen=True, slots=True)
class Standing:
    """The state document; services/audit/README.md tells of its fields."""

    state: Answer
    reasons: tuple[str, ...]
    size: int
    root: str
    checked_at: datetime | None
    heard_at: datetime
    valid_until: datetime
    turn_seconds: float
    turn: Progress
    lag: Mapping[str, int]
    findings: int
    witnesses: tuple[Remembering, ...]

    def as_document(self) -> dict[str, Any]:
        """Return the document that holds it."""
        return {**asdict(self), "state": self.state.value}

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Self:
        """Return what a document holds."""
        fields = {name: document[name] for name in cls.__dataclass_fields__}
        fields |= {
            "state": Answer(document["state"]),
            "reasons": tuple(document["reasons"]),
            "turn": Progress(**document["turn"]),
            "witnesses": tuple(Remembering(**each) for each in document["witnesses"]),
        }
        return cls(**fields)

    def doubted(self, now: datetime) -> tuple[str, ...]:
        """Return why this word is not to be believed at an instant; nothing when it is."""
        if self.heard_at > now + _CLOCKS_DIFFER:
            return (CLOCK,)
        return (SILENT,) if now > min(self.valid_until, self.heard_at + WORD_IS_GOOD) else ()

    def answer(self, now: datetime) -> Answer:
        """Return what is certain at an instant: a word that is too old proves nothing, but what was found stays found."""
        if self.state is Answer.TAMPERED:
            return Answer.TAMPERED
        return Answer.UNPROVEN if self.doubted(now) else self.state
