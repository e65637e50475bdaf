"""Taking in another service's events: each in order and with effect once, whatever the broker repeats, swaps or loses."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import sleep
from typing import Protocol
from uuid import UUID

from infra.kernel.clock import Clock, system_clock
from infra.logs import get_logger
from infra.messaging.backoff import Backoff
from infra.messaging.envelope import Envelope
from infra.messaging.errors import UpstreamBehind
from infra.messaging.outages import is_passing
from infra.messaging.parked import ParkedMessage, Standing, UnreadableMessage
from infra.messaging.reading import Unreadable, read
from infra.messaging.versions import Versions

PAGE = 200
"""So many missing events are fetched at once."""
RUN = 500
"""So many events are given to a reaction at once, at most."""
ATTEMPTS = 3
"""So often a message is tried before it is parked: a conflict with somebody working on the same thing passes."""

log = get_logger("inbox")

Fetch = Callable[[int, int], Sequence[Envelope]]
"""Asks the upstream service itself for at most so many events (second) after a position (first), in order."""
React = Callable[[Sequence[Envelope]], None]
"""Does what follows from a run of events; must be able to hear each of them again."""


class PositionStore(Protocol):
    """Keeps how far a reader has come."""

    def get(self, name: str) -> int:
        """Return the last position taken in; 0 before the first."""

    def advance(self, name: str, position: int) -> None:
        """Note that everything up to the position is taken in; an outage where what was written since `get` may be lost."""


class ParkedStore(Protocol):
    """Keeps messages that could not be taken in."""

    def park(self, envelope: Envelope, reason: str, at: datetime) -> None:
        """Keep a message that failed, or note one more failure."""

    def hold(self, envelope: Envelope, at: datetime) -> None:
        """Keep a message that waits for an earlier one."""

    def set_aside(self, upstream: str, body: bytes, origin: str, reason: str, at: datetime) -> None:
        """Keep bytes that are no event."""

    def still_unreadable(self, message: str, reason: str) -> None:
        """Note that bytes set aside were read again in vain."""

    def release(self, message: str) -> None:
        """Forget a message that has been taken in."""

    def standing(self, upstream: str) -> Standing:
        """Return what stands in the way of messages."""

    def unreadable(self, upstream: str | None = None, *, asked: bool | None = None) -> list[UnreadableMessage]:
        """Return what was set aside; `asked`: only what is, or is not, to be read again."""

    def subjects(self, upstream: str) -> frozenset[UUID]:
        """Return the aggregates of which messages wait."""

    def waiting(self, upstream: str | None = None) -> list[ParkedMessage]:
        """Return what waits, in order."""

    def asked(self, upstream: str) -> frozenset[UUID]:
        """Return the aggregates for which another attempt was asked, or of which all messages wait behind none."""


@dataclass(frozen=True, slots=True)
class Inbox:
    """Knows no broker: events come in by `receive`, or are fetched where they are missing.

    When the world is away, every method raises an error of which `is_unanswered` tells so; then nothing was passed
    over, and the same call can be made again. Two inboxes of the same reader may run at once, as happens while one
    process takes over from another: events are then heard twice, which reactions must bear anyhow.
    """

    upstream: str
    positions: PositionStore
    parked: ParkedStore
    fetch: Fetch
    react: React
    clock: Clock = system_clock
    pause: Callable[[float], None] = sleep
    versions: Versions = field(default_factory=Versions)

    @property
    def name(self) -> str:
        """The name under which the position is kept, for pages that wait for it."""
        return f"from.{self.upstream}"

    def receive(self, envelopes: Sequence[Envelope]) -> None:
        """Take in what came: skip what is known, fetch what is missing before it, react, then advance."""
        reached = self.positions.get(self.name)
        fresh = _in_order(envelopes, reached)
        while fresh:
            run = _unbroken(fresh, reached)[:RUN] or self._missing(reached)
            standing = self.parked.standing(self.upstream)
            wanted = [envelope for envelope in run if envelope.position not in standing.given_up]
            self._deliver(wanted, set(standing.held))
            reached = run[-1].position
            self.positions.advance(self.name, reached)
            fresh = _in_order(fresh, reached)

    def catch_up(self) -> bool:
        """Ask the upstream service for what comes next and take it in; False when there was nothing.

        Finds a lost tail: events that the broker lost and no later one shows to be missing.
        """
        page = self.fetch(self.positions.get(self.name), PAGE)
        self.receive(page)
        return bool(page)

    def set_aside(self, unreadable: Unreadable, origin: str) -> None:
        """Keep bytes that are no event where staff see them.

        Nothing is lost by it: an event that should have stood there shows as a gap, and is fetched from its service.
        """
        self.parked.set_aside(self.upstream, unreadable.body, origin, unreadable.reason, self.clock())
        log.error("message_unreadable", upstream=self.upstream, origin=origin, reason=unreadable.reason)

    def retry_asked(self) -> None:
        """Try again what staff asked to try again, and what is left behind a message that was given up meanwhile."""
        self._read_again(self.parked.unreadable(self.upstream, asked=True))
        self._retry(self.parked.asked(self.upstream))

    def retry_all(self) -> None:
        """Try again everything that is parked: a new version of this service may know better."""
        self._read_again(self.parked.unreadable(self.upstream))
        self._retry(self.parked.subjects(self.upstream))

    def _missing(self, after: int) -> list[Envelope]:
        run = _unbroken(self.fetch(after, PAGE), after)
        if not run:
            raise UpstreamBehind(self.upstream, after)
        log.info("gap_filled", upstream=self.upstream, after=after, upto=run[-1].position)
        return run

    def _deliver(self, run: Sequence[Envelope], held: set[UUID]) -> None:
        """React to a run; when that fails, halve it until the message is found that fails, and park that one."""
        free = self._not_held(run, held)
        if not free:
            return
        failure = self._failure(free)
        if failure is None:
            return
        if len(free) > 1:
            middle = len(free) // 2
            self._deliver(free[:middle], held)
            self._deliver(free[middle:], held)
        elif failure := self._insist(free[0], failure):
            self._park(free[0], failure)
            held.add(free[0].subject)

    def _not_held(self, run: Sequence[Envelope], held: Collection[UUID]) -> list[Envelope]:
        for envelope in run:
            if envelope.subject in held:
                self.parked.hold(envelope, self.clock())
        return [envelope for envelope in run if envelope.subject not in held]

    def _insist(self, envelope: Envelope, failure: Exception) -> Exception | None:
        backoff, last = Backoff(first_s=0.05), failure
        for _ in range(ATTEMPTS - 1):
            self.pause(backoff.pause_s())
            again = self._failure([envelope])
            if again is None:
                return None
            last = again
        return last

    def _retry(self, subjects: Collection[UUID]) -> None:
        if not subjects:
            return
        failed: set[UUID] = set()
        for message in self.parked.waiting(self.upstream):
            subject = message.envelope.subject
            if subject in subjects and subject not in failed and not self._retried(message.envelope):
                failed.add(subject)

    def _retried(self, envelope: Envelope) -> bool:
        reached = self.positions.get(self.name)
        failure = self._failure([envelope])
        if failure is not None:
            self._park(envelope, failure)
            return False
        self.positions.advance(self.name, reached)  # no further, but only if what has been written stays written
        self.parked.release(envelope.id)
        log.info("message_taken_in", upstream=self.upstream, position=envelope.position, topic=envelope.topic)
        return True

    def _read_again(self, messages: Sequence[UnreadableMessage]) -> None:
        """Forget what can be read now: its events have come, or will come, by their positions."""
        for message in messages:
            unreadable = read(message.body, self.upstream).unreadable
            if unreadable:
                self.parked.still_unreadable(message.id, unreadable[0].reason)
            else:
                self.parked.release(message.id)
                log.info("message_readable", upstream=self.upstream, message=message.id)

    def _failure(self, run: Sequence[Envelope]) -> Exception | None:
        """React, and return why that is impossible; an outage is no such reason, and is raised."""
        try:
            self.versions.expect(run)
            self.react(run)
        except Exception as failure:  # a door: one message that fails must not stop all others
            if is_passing(failure):
                raise
            return failure
        return None

    def _park(self, envelope: Envelope, failure: Exception) -> None:
        self.parked.park(envelope, _told_by(failure), self.clock())
        log.error(
            "message_parked",
            upstream=self.upstream,
            position=envelope.position,
            topic=envelope.topic,
            subject=str(envelope.subject),
            exc_info=failure,
        )


def _told_by(failure: Exception) -> str:
    try:
        return f"{type(failure).__name__}: {failure}"
    except Exception:  # noqa: BLE001 - an error may fail at telling what it is
        return type(failure).__name__


def _in_order(envelopes: Sequence[Envelope], after: int) -> list[Envelope]:
    """Return what follows a position, each event once."""
    fresh = {envelope.position: envelope for envelope in envelopes if envelope.position > after}
    return [fresh[position] for position in sorted(fresh)]


def _unbroken(ordered: Sequence[Envelope], after: int) -> list[Envelope]:
    """Return the beginning of what is ordered, as far as it follows a position without a gap."""
    return [envelope for place, envelope in enumerate(ordered, after + 1) if envelope.position == place]
