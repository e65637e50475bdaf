"""The loop of every process that hears another service: next batch, take in, acknowledge, look for what was lost."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from threading import Event
from time import monotonic
from typing import Protocol

from infra.logs import get_logger
from infra.messaging import needs
from infra.messaging.backoff import Backoff
from infra.messaging.envelope import Envelope
from infra.messaging.errors import BrokerUnavailable, UpstreamBehind
from infra.messaging.inbox import RUN, Inbox
from infra.messaging.outages import is_unanswered
from infra.messaging.reading import Reading, Unreadable, read

MESSAGES = 32
"""So many messages, each a page of one to many events, are taken in at once, at most."""
CHECK_EVERY_S = 5.0
"""So often the upstream service is asked whether something was lost, and staff's wishes to retry are looked for."""
BEYOND_AFTER_S = 30.0
"""So long an event that its service does not have in its log holds up others; then it is set aside."""
_WAIT_S = 0.5

log = get_logger("listener")


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message in our hands, by the broker's tag; the broker keeps it until it is accepted or rejected.

    `origin` is where it was sent: exchange and routing key.
    """

    tag: int
    body: bytes
    origin: str = ""


class Deliveries(Protocol):
    """A subscription to a queue. Every method raises `BrokerUnavailable`."""

    def next(self, timeout_s: float) -> list[Delivery]:
        """Wait for messages; return at most `MESSAGES` of them, or none after the time-out."""

    def accept(self, last: Delivery) -> None:
        """Tell the broker that this message and all before it are done with."""

    def reject(self, delivery: Delivery) -> None:
        """Send a message to the dead letters."""


Told = tuple[Delivery, Sequence[Envelope]]
"""A message, and the events that it tells."""
Subscribe = Callable[[], AbstractContextManager[Deliveries]]
"""Connects and subscribes; raises `BrokerUnavailable`."""


@dataclass(slots=True)
class _Look:
    """Something that is looked for now and then: when next, and the pauses while the world is away."""

    pauses: Backoff
    due_at: float = 0.0


class Listener:
    """Hears one upstream service for ever, through outages of broker, store and upstream service.

    A message is acknowledged only after it was taken in, in parts of a batch as large as one run. While the store is
    away it is held, not sent back: sending back would count as a failed delivery. Works in plain and in green threads.
    """

    def __init__(self, inbox: Inbox, subscribe: Subscribe, check_every_s: float = CHECK_EVERY_S) -> None:
        self._inbox = inbox
        self._subscribe = subscribe
        self._check_every_s = check_every_s
        self._retries, self._checks = (_Look(Backoff(longest_s=check_every_s)) for _ in range(2))
        self._has_retried = False
        self._hears = self._is_behind = False

    def run(self, stop: Event) -> None:
        """Listen until told to stop; the part of a batch that is in hand is finished first, the rest is delivered again."""
        backoff = Backoff()
        while not stop.is_set():
            try:
                with self._subscribe() as deliveries:
                    log.info("listening", upstream=self._inbox.upstream)
                    needs.connected()
                    backoff.reset()
                    self._listen(deliveries, stop)
            except BrokerUnavailable as away:
                needs.met(away, self._inbox.upstream)
                if backoff.is_news(str(away)):
                    log.warning("broker_unavailable", upstream=self._inbox.upstream, reason=str(away))
                stop.wait(backoff.pause_s())

    def _listen(self, deliveries: Deliveries, stop: Event) -> None:
        self._retries.due_at = self._checks.due_at = 0.0
        self._hears = self._is_behind = False
        while not stop.is_set():
            batch = deliveries.next(0.0 if self._is_behind else _WAIT_S)
            if batch:
                self._hears = True
                self._take_in(deliveries, batch, stop)
            self._look_for_more()

    def _take_in(self, deliveries: Deliveries, batch: Sequence[Delivery], stop: Event) -> None:
        readings = [(delivery, read(delivery.body, self._inbox.upstream)) for delivery in batch]
        for delivery, reading in readings:
            if not self._set_aside(delivery, reading, stop):
                return
            if not reading.envelopes:
                deliveries.reject(delivery)
        patience_ends = monotonic() + BEYOND_AFTER_S
        for part in _parts([(delivery, reading.envelopes) for delivery, reading in readings if reading.envelopes]):
            if stop.is_set() or not self._through_outages(self._receiving(part, patience_ends), stop):
                return
            deliveries.accept(part[-1][0])

    def _set_aside(self, delivery: Delivery, reading: Reading, stop: Event) -> bool:
        """Keep what cannot be read; False when told to stop first."""
        keep = (partial(self._inbox.set_aside, part, delivery.origin) for part in reading.unreadable)
        return all(self._through_outages(do, stop) for do in keep)

    def _receiving(self, readable: Sequence[Told], patience_ends: float) -> Callable[[], None]:
        """Return how to take in what was read; it sets aside, after a while, what its service does not have."""
        envelopes = [envelope for _, read_from in readable for envelope in read_from]

        def receive() -> None:
            try:
                self._inbox.receive(envelopes)
            except UpstreamBehind as beyond:
                if monotonic() < patience_ends:
                    raise
                for delivery, told in readable:
                    if told[-1].position > beyond.after:
                        self._inbox.set_aside(Unreadable(delivery.body, str(beyond)), delivery.origin)

        return receive

    def _through_outages(self, do: Callable[[], None], stop: Event) -> bool:
        """Do something, again and again while the world is away; False when told to stop first."""
        backoff = Backoff()
        while True:
            try:
                do()
            except Exception as outage:  # noqa: BLE001 - what is no outage is raised again
                self._meet(outage, backoff, "taking_in_waits")
                if stop.wait(backoff.pause_s()):
                    return False
            else:
                needs.stored()
                return True

    def _look_for_more(self) -> None:
        """Look for what is to be retried, and for what was lost: each by itself, so that neither waits for what the other needs."""
        if monotonic() >= self._retries.due_at:
            self._look(self._retries, self._retry, "retry_waits")
        if monotonic() >= self._checks.due_at:
            self._is_behind = False
            self._look(self._checks, self._ask, "upstream_not_asked")

    def _look(self, look: _Look, do: Callable[[], bool], waits: str) -> None:
        """Do something that tells whether to do it again at once; what cannot be done now is done soon."""
        try:
            pause_s = 0.0 if do() else self._check_every_s
        except Exception as outage:  # noqa: BLE001 - what is no outage is raised again
            self._meet(outage, look.pauses, waits)
            pause_s = look.pauses.pause_s()
        else:
            look.pauses.reset()
        look.due_at = monotonic() + pause_s

    def _meet(self, outage: Exception, backoff: Backoff, waits: str) -> None:
        """Tell of an outage once for each reason; raise what is none."""
        if not is_unanswered(outage):
            raise outage
        needs.met(outage, self._inbox.upstream)
        if backoff.is_news(str(outage)):
            log.warning(waits, upstream=self._inbox.upstream, reason=repr(outage))

    def _ask(self) -> bool:
        """Take in what was lost; tell whether there was anything.

        While messages come, those that are lost show as gaps: only who hears nothing has to ask, page by page, and
        looks between two pages whether the queue now brings what is missing.
        """
        self._is_behind = not self._hears and self._inbox.catch_up()
        needs.answered(self._inbox.upstream)
        self._hears = False
        return self._is_behind

    def _retry(self) -> bool:
        if self._has_retried:
            self._inbox.retry_asked()
        else:
            self._inbox.retry_all()
            self._has_retried = True
        return False


def _parts(readable: Sequence[Told]) -> Iterator[list[Told]]:
    """Divide a batch into parts of at most `RUN` events, but never a message."""
    part: list[Told] = []
    size = 0
    for told in readable:
        if part and size + len(told[1]) > RUN:
            yield part
            part, size = [], 0
        part.append(told)
        size += len(told[1])
    if part:
        yield part
