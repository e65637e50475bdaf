"""The monitor: reads all logs again and again, follows what is new meanwhile, and says what it knows."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from threading import Event
from time import monotonic

from infra.event_store import StoreUnavailable
from infra.kernel.clock import Clock
from infra.logs import get_logger
from services.audit.log.checkpoint import Unproven, Verifier
from services.audit.log.pledges import Pledge
from services.audit.log.soundness import Seen
from services.audit.log.verification import Outcome, Reading, Stored, StoredLog
from services.audit.log.witnesses import CHECKPOINT, JOURNAL, Remembered, Witnesses
from services.audit.watch.elsewhere import Elsewhere
from services.audit.watch.following import FollowedLog, Follower
from services.audit.watch.memory import Finding, Memory
from services.audit.watch.pace import Pace
from services.audit.watch.word import Word

_MOST_LOGGED = 20
_AGAIN_S = 1.0
_SETTLED_S = 10.0
"""For so long after an election a server may still show an older state."""

_PACE = Pace()

Tell = Callable[[Sequence[Finding], Outcome], bool]
"""Records findings as an event; False when it could not."""

log = get_logger("monitor")


@dataclass(frozen=True, slots=True)
class Watched:
    """Everything that is read; `epoch` tells one term of the database's primary from the next."""

    entries: StoredLog
    services: Mapping[str, FollowedLog]
    keys: Verifier
    witnesses: Witnesses
    epoch: Callable[[], object]

    @property
    def stored(self) -> Stored:
        """What a reading reads."""
        return Stored(self.entries, self.services, self.keys)


class Watch:
    """One monitor. All findings come from readings of everything; what does not fit in between only hurries the next."""

    def __init__(
        self,
        watched: Watched,
        elsewhere: Sequence[Elsewhere],
        memory: Memory,
        tell: Tell,
        clock: Clock,
        pace: Pace = _PACE,
    ) -> None:
        self._watched = watched
        self._elsewhere = elsewhere
        self._memory = memory
        self._tell = tell
        self._clock = clock
        self._pace = pace
        self._seen = Seen(watched.keys)
        self._word = Word(clock, memory.open())
        self._follower: Follower | None = None
        self._known: dict[str, int] = {}
        self._work, self._found = 0.0, 0
        self._epoch, self._settled_at = watched.epoch(), 0.0
        self._doubted_at: float | None = None
        self._beaten_at = 0.0
        said, last = memory.said(), watched.witnesses.journal.last()
        self._known |= {each.place: each.size for each in said.witnesses} if said is not None else {}
        self._known[JOURNAL] = max(self._known.get(JOURNAL, 0), last.size if last is not None else 0)

    def run(self, stop: Event) -> None:
        """Read everything again and again until told to stop, through outages."""
        while not stop.is_set():
            try:
                self.turn(stop)
            except (StoreUnavailable, OSError, Unproven) as failure:
                log.warning("logs_not_read", reason=type(failure).__name__)
                self._word.cannot_read(failure)
                with suppress(StoreUnavailable):
                    self._say()
                stop.wait(_AGAIN_S)

    def turn(self, stop: Event) -> None:
        """Read everything once, at the pace that is due, and say what was found."""
        begun, begun_at = monotonic(), self._clock()
        period = self._pace.turn(self._work, found=self._found > 0) if self._word.checked else 0.0
        reading, work = self._begin(), 0.0
        while not stop.is_set():
            before = monotonic()
            more = reading.step()
            work += monotonic() - before
            if not more:
                break
            self._word.reads(begun_at, reading.size, reading.signed)
            if reading.found > self._found:
                self._doubt(begun)
            self._pause(begun + period * reading.size / reading.signed, stop)
        if stop.is_set():
            return
        if self._conclude(reading, reading.outcome(), begun):
            self._work = work
            self._word.turned(monotonic() - begun)
            self._pause(begun + period, stop, at_least_once=True)

    def _begin(self) -> Reading:
        remembered = [each.remembered() for each in self._elsewhere]
        kept = self._watched.witnesses.kept(remembered, self._known)
        self._remember(remembered)
        if str(self._watched.keys) != self._seen.keys:
            self._seen = Seen(self._watched.keys)
        return Reading(self._watched.stored, kept, self._seen, heard=self._write_down)

    def _conclude(self, reading: Reading, outcome: Outcome, begun: float) -> bool:
        """Take an outcome for what is; False when another server may have answered than before, so that nothing follows."""
        epoch = self._watched.epoch()
        if epoch != self._epoch:
            self._epoch, self._settled_at = epoch, monotonic() + _SETTLED_S
        if outcome.differences and begun < self._settled_at:
            log.info("read_again_after_election")
            return False
        self._follower = Follower(reading, self._watched.entries, self._watched.services)
        self._found = reading.found
        if self._doubted_at is not None and self._doubted_at <= begun:
            self._doubted_at = None
        fresh = self._memory.found(outcome.differences, self._clock())
        self._word.concluded(outcome, self._memory.open())
        _log(fresh)
        self._record(outcome)
        self._say()
        return True

    def _record(self, outcome: Outcome) -> None:
        untold = self._memory.untold()
        if untold and self._tell(untold, outcome):
            self._memory.told(untold)

    def _pause(self, until: float, stop: Event, *, at_least_once: bool = False) -> None:
        """Let time pass until then, with a beat every second; no time at all while something is in doubt."""
        while not stop.is_set():
            if monotonic() - self._beaten_at >= self._pace.beat:
                self._beat()
            rest = min(until - monotonic(), self._pace.beat)
            if self._doubted_at is not None:
                rest = 0.0
            if rest <= 0:
                if at_least_once:
                    stop.wait(self._pace.shortest / 100)
                return
            stop.wait(rest)

    def _beat(self) -> None:
        self._beaten_at = monotonic()
        if self._follower is not None:
            if not self._follower.fits():
                self._doubt(monotonic())
            self._word.followed(self._follower)
        self._word.doubted = self._doubted_at is not None
        self._say()

    def _doubt(self, since: float) -> None:
        """Read everything at full speed, until a reading that was begun after this has ended."""
        if self._doubted_at is None:
            log.info("something_does_not_fit")
            self._doubted_at = since
            self._word.doubted = True

    def _write_down(self, notes: Mapping[int, str]) -> None:
        """Keep checkpoints that are new in the journal."""
        known = self._known.get(JOURNAL, 0)
        new = [Pledge(JOURNAL, size, note) for size, note in notes.items() if size > known]
        if not new:
            return
        try:
            self._watched.witnesses.journal.append(new)
        except OSError as failure:
            self._word.journal_problem = "unwritable"
            log.warning("journal_not_written", reason=str(failure))
        else:
            self._word.journal_problem = ""
            self._known[JOURNAL] = new[-1].size

    def _remember(self, elsewhere: Sequence[Remembered]) -> None:
        """Note how far each place remembers, so that it is seen when one forgets."""
        here = self._watched.witnesses
        far = ((each.place, each.last.note if each.last else None) for each in elsewhere)
        for place, note in ((CHECKPOINT, here.file.note()), *far):
            self._known[place] = max(self._known.get(place, 0), self._proven(note))
        self._word.remembering(self._known, {each.place: each.problem for each in elsewhere})

    def _proven(self, note: str | None) -> int:
        """Return the size of a checkpoint that the log has signed; 0 for any other note, which nobody can have to lose."""
        try:
            return 0 if note is None else self._watched.keys.checkpoint(note).size
        except Unproven:
            return 0

    def _say(self) -> None:
        self._memory.say(self._word.now())


def _log(fresh: Sequence[Finding]) -> None:
    for each in fresh[:_MOST_LOGGED]:
        log.error("tampering_found", log=each.log, position=each.position, kind=each.kind, until=each.until)
    if len(fresh) > _MOST_LOGGED:
        log.error("tampering_found", more=len(fresh) - _MOST_LOGGED)
