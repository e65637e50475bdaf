"""What the monitor says, put together from what it has read, what it follows, and what stands in its way."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from infra.event_store import StoreUnavailable
from infra.kernel.clock import Clock
from services.audit.log.verification import Answer, Outcome
from services.audit.log.witnesses import JOURNAL
from services.audit.watch.following import Follower
from services.audit.watch.standing import (
    BEING_CHECKED,
    LATE,
    NO_KEY,
    NOT_CHECKED_YET,
    OVERDUE,
    STORE_AWAY,
    WORD_IS_GOOD,
    Progress,
    Remembering,
    Standing,
)

_LATE_S = 600.0
"""Events that the audit log has not heard for so long are vouched for by nothing but their own chain."""
_OVERDUE_S, _OVERDUE_TURNS = 120.0, 3.0
"""A reading of everything is overdue after so long, or after so many times what the last one took."""


@dataclass(slots=True)
class _Due:
    """The position that the audit log has to reach next, since when, and the one that it has reached."""

    position: int = 0
    since: float = 0.0
    heard: int = 0

    def is_late(self, now: float) -> bool:
        """Tell whether it should have been reached long ago."""
        return self.heard < self.position and now - self.since > _LATE_S


class Word:
    """Collects facts; says "intact" only when none of them speaks against it."""

    def __init__(self, clock: Clock, open_findings: int) -> None:
        self._clock = clock
        self._open = open_findings
        self._outcome: Outcome | None = None
        self._checked_at: datetime | None = None
        self._checked = 0.0
        self._turn_seconds = 0.0
        self._turn = Progress(clock(), 0, 0)
        self._size, self._root = 0, b""
        self._lag: dict[str, int] = {}
        self._due: dict[str, _Due] = {}
        self._obstacle = ""
        self._places: tuple[Remembering, ...] = ()
        self.doubted = False
        self.journal_problem = ""

    @property
    def checked(self) -> bool:
        """Tell whether everything has been read at least once."""
        return self._outcome is not None

    def reads(self, begun_at: datetime, done: int, of: int) -> None:
        """Note how far the reading is that goes on."""
        self._turn = Progress(begun_at, done, of)

    def turned(self, seconds: float) -> None:
        """Note how long a reading took."""
        self._turn_seconds = seconds

    def concluded(self, outcome: Outcome, open_findings: int) -> None:
        """Note what a reading of everything has found, and how many findings are open."""
        self._outcome, self._open = outcome, open_findings
        self._size, self._root = outcome.size, outcome.root
        self._checked_at, self._checked = self._clock(), monotonic()
        self._obstacle = ""
        self._lagging(
            {each.service: each.waiting for each in outcome.services},
            {each.service: each.head for each in outcome.services},
        )

    def followed(self, follower: Follower) -> None:
        """Note what is new since, where it fits."""
        self._lagging(follower.lag, follower.ends)
        if not self.doubted:
            self._size, self._root = follower.size, follower.root

    def cannot_read(self, failure: Exception) -> None:
        """Note that nothing can be read now."""
        self._obstacle = STORE_AWAY if isinstance(failure, StoreUnavailable) else NO_KEY

    def remembering(self, sizes: Mapping[str, int], problems: Mapping[str, str]) -> None:
        """Note which places keep checkpoints, and what is the matter with each."""
        told = {JOURNAL: self.journal_problem, **problems}
        self._places = tuple(Remembering(place, size, told.get(place, "")) for place, size in sizes.items())

    def now(self) -> Standing:
        """Return what is to be said now."""
        now, reasons = self._clock(), self._reasons()
        # What the last reading has found is found, whatever has become of the rows that tell of it.
        found = max(self._open, self._outcome.total if self._outcome is not None else 0)
        return Standing(
            state=Answer.TAMPERED if found else Answer.UNPROVEN if reasons else Answer.INTACT,
            reasons=tuple(reasons),
            size=self._size,
            root=self._root.hex(),
            checked_at=self._checked_at,
            heard_at=now,
            valid_until=now + WORD_IS_GOOD,
            turn_seconds=self._turn_seconds,
            turn=self._turn,
            lag=dict(self._lag),
            findings=found,
            witnesses=self._places,
        )

    def _reasons(self) -> list[str]:
        if self._outcome is None:
            return [self._obstacle or NOT_CHECKED_YET]
        overdue = monotonic() - self._checked > max(_OVERDUE_S, _OVERDUE_TURNS * self._turn_seconds)
        late = any(due.is_late(monotonic()) for due in self._due.values())
        conditions = {self._obstacle: True, BEING_CHECKED: self.doubted, OVERDUE: overdue, LATE: late}
        return [*self._outcome.unproven, *(reason for reason, holds in conditions.items() if reason and holds)]

    def _lagging(self, lag: Mapping[str, int], ends: Mapping[str, int]) -> None:
        self._lag = dict(lag)
        for service, waiting in lag.items():
            heard = ends[service] - waiting
            due = self._due.setdefault(service, _Due())
            due.heard = heard
            if heard >= due.position:
                due.position, due.since = ends[service], monotonic()
