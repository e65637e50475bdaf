"""What was seen of the running system at one instant, as flat facts."""

from dataclasses import dataclass, field
from datetime import datetime

INTACT, TAMPERED, UNPROVEN = "intact", "tampered", "unproven"
VERDICTS = (INTACT, TAMPERED, UNPROVEN)


@dataclass(frozen=True, slots=True)
class Log:
    """A service's log: how many events it has."""

    service: str
    head: int


@dataclass(frozen=True, slots=True)
class Lag:
    """How far a reader is behind: in events, and in seconds since the oldest event that it has not taken in."""

    reader: str
    kind: str
    service: str
    log: str
    position: int
    events: int
    seconds: float


@dataclass(frozen=True, slots=True)
class ParkedCount:
    """Messages of one log that a service could not take in; `since` is when the oldest was parked."""

    service: str
    log: str
    count: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue of the broker; `kind` is events, or dead for what could not even be read."""

    name: str
    kind: str
    ready: int
    unacked: int
    consumers: int


@dataclass(frozen=True, slots=True)
class Verification:
    """What the audit service's monitor says: one of `VERDICTS`, when it last read everything, what it has found.

    `alive` is False when the monitor has not written for so long that its word no longer counts: unproven, then.
    `reasons` are the codes of why something is unproven.
    """

    verdict: str
    checked_at: datetime | None
    findings: int
    alive: bool
    reasons: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Backup:
    """The last finished backup: nothing that happened after `began` is certainly in it."""

    began: datetime
    bytes: int


@dataclass(frozen=True, slots=True)
class Process:
    """A process as the supervisor of one machine knows it; `failing`: it ends again and again."""

    name: str
    state: str
    restarts: int
    failing: bool
    since: datetime


@dataclass(frozen=True, slots=True)
class Disk:
    """The disk with everything that the system writes."""

    free_bytes: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Facts:
    """All of it. What could not be seen is absent, and its server is not among `up`."""

    at: datetime
    up: dict[str, bool]
    disk: Disk
    logs: list[Log] = field(default_factory=list)
    lags: list[Lag] = field(default_factory=list)
    parked: list[ParkedCount] = field(default_factory=list)
    queues: list[Queue] = field(default_factory=list)
    processes: list[Process] = field(default_factory=list)
    verification: Verification | None = None
    backup: Backup | None = None
