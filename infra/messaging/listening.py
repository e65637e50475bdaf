"""The loop of every process that hears another service: next batch, take in, acknowledge, look for what was lost."""

from collections.abc import Callable, Sequence
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
from infra.messaging.inbox import Inbox
from infra.messaging.outages import UNANSWERED
from infra.messaging.reading import Unreadable, read

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


Subscribe = Callable[[], AbstractContextManager[Deliveries]]
"""Connects and subscribes; raises `BrokerUnavailable`."""


class Listener:
    """Hears one upstream service for ever, through outages of broker, store and upstream service.

    A message is acknowledged only after it was taken in. While the store is away it is held, not sent back: sending
    back would count as a failed delivery. Works in plain and in green threads.
    """

    def __init__(self, inbox: Inbox, subscribe: Subscribe, check_every_s: float = CHECK_EVERY_S) -> None:
        self._inbox = inbox
        self._subscribe = subscribe
        self._check_every_s = check_every_s
        self._check = Backoff(longest_s=check_every_s)
        self._check_at = 0.0
        self._has_retried = False
        self._hears = self._is_behind = False

    def run(self, stop: Event) -> None:
        """Listen until told to stop; what is in hand is finished first."""
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
        self._check_at, self._hears, self._is_behind = 0.0, False, False
        while not stop.is_set():
            batch = deliveries.next(0.0 if self._is_behind else _WAIT_S)
            if batch:
                self._hears = True
                self._take_in(deliveries, batch, stop)
            if monotonic() >= self._check_at:
                self._look_for_more()

    def _take_in(self, deliveries: Deliveries, batch: Sequence[Delivery], stop: Event) -> None:
        readings = [(delivery, read(delivery.body, self._inbox.upstream)) for delivery in batch]
        for delivery, reading in readings:
            for part in reading.unreadable:
                if not self._through_outages(partial(self._inbox.set_aside, part, delivery.origin), stop):
                    return
            if not reading.envelopes:
                deliveries.reject(delivery)
        readable = [(delivery, reading.envelopes) for delivery, reading in readings if reading.envelopes]
        if readable and self._through_outages(self._receiving(readable), stop):
            deliveries.accept(readable[-1][0])

    def _receiving(self, readable: Sequence[tuple[Delivery, Sequence[Envelope]]]) -> Callable[[], None]:
        """Return how to take in what was read; it sets aside, after a while, what its service does not have."""
        envelopes = [envelope for _, read_from in readable for envelope in read_from]
        patience_ends = monotonic() + BEYOND_AFTER_S

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
            except UNANSWERED as outage:
                needs.met(outage, self._inbox.upstream)
                if backoff.is_news(str(outage)):
                    log.warning("taking_in_waits", upstream=self._inbox.upstream, reason=repr(outage))
                if stop.wait(backoff.pause_s()):
                    return False
            else:
                needs.stored()
                return True

    def _look_for_more(self) -> None:
        """Look for what is to be retried and for what was lost; if that cannot be told now, soon again.

        While messages come, those that are lost show as gaps: only who hears nothing has to ask, page by page, and
        looks between two pages whether the queue now brings what is missing.
        """
        self._is_behind = False
        try:
            self._retry()
            self._is_behind = not self._hears and self._inbox.catch_up()
        except UNANSWERED as outage:
            needs.met(outage, self._inbox.upstream)
            if self._check.is_news(str(outage)):
                log.warning("upstream_not_asked", upstream=self._inbox.upstream, reason=repr(outage))
            self._check_at = monotonic() + self._check.pause_s()
        else:
            needs.answered(self._inbox.upstream)
            self._check.reset()
            self._check_at = monotonic() + (0.0 if self._is_behind else self._check_every_s)
            self._hears = False

    def _retry(self) -> None:
        if self._has_retried:
            self._inbox.retry_asked()
        else:
            self._inbox.retry_all()
            self._has_retried = True
