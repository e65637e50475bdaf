"""An inbox with everything around it in memory, and what came out of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID

from infra.messaging.envelope import Envelope
from infra.messaging.inbox import Inbox
from infra.messaging.parked import BEHIND, ParkedMessage, Standing, UnreadableMessage
from infra.messaging.versions import Versions

NOON = datetime(2026, 3, 2, 5, tzinfo=UTC)


def article(number: int) -> UUID:
    return UUID(int=number)


def event(position: int, subject: int = 1) -> Envelope:
    return Envelope("content", position, "content.article.cleared", article(subject), position, NOON, {"n": position})


@dataclass
class KeptPositions:
    reached: dict[str, int] = field(default_factory=dict)

    def get(self, name: str) -> int:
        return self.reached.get(name, 0)

    def advance(self, name: str, position: int) -> None:
        self.reached[name] = max(position, self.get(name))


@dataclass
class KeptMessages:
    """What `infra.messaging.parked.Parked` promises, in memory; both pass the tests of test_parked.py."""

    messages: dict[str, ParkedMessage] = field(default_factory=dict)
    aside: dict[str, UnreadableMessage] = field(default_factory=dict)
    given_up: set[int] = field(default_factory=set)

    def park(self, envelope: Envelope, reason: str, at: datetime) -> None:
        known = self.messages.get(envelope.id, ParkedMessage(envelope, reason, 0, at, asked=False))
        self.messages[envelope.id] = replace(known, reason=reason, attempts=known.attempts + 1)
        for name, message in self.messages.items():
            if message.envelope.subject == envelope.subject:
                self.messages[name] = replace(message, asked=False)

    def hold(self, envelope: Envelope, at: datetime) -> None:
        self.messages.setdefault(envelope.id, ParkedMessage(envelope, BEHIND, 0, at, asked=False))

    def release(self, message: str) -> None:
        self.messages.pop(message, None)
        self.aside = {name: kept for name, kept in self.aside.items() if name != message}

    def set_aside(self, upstream: str, body: bytes, origin: str, reason: str, at: datetime) -> None:
        name = f"{upstream}/bytes/{body!r}"
        self.aside[name] = UnreadableMessage(name, upstream, origin, len(body), body, reason, 1, at, asked=False)

    def still_unreadable(self, message: str, reason: str) -> None:
        if kept := self.aside.get(message):
            self.aside[message] = replace(kept, reason=reason, times=kept.times + 1, asked=False)

    def unreadable(self, upstream: str | None = None, *, asked: bool | None = None) -> list[UnreadableMessage]:
        kept = [each for each in self.aside.values() if each.upstream == upstream]
        return [each for each in kept if asked in {None, each.asked}]

    def standing(self, upstream: str) -> Standing:
        return Standing(self.subjects(upstream), frozenset(self.given_up))

    def subjects(self, upstream: str) -> frozenset[UUID]:
        return frozenset(message.envelope.subject for message in self.waiting(upstream))

    def waiting(self, upstream: str | None = None) -> list[ParkedMessage]:
        assert upstream == "content"
        return sorted(self.messages.values(), key=lambda message: message.envelope.position)

    def asked(self, upstream: str) -> frozenset[UUID]:
        waiting = self.waiting(upstream)
        failed = {message.envelope.subject for message in waiting if message.reason != BEHIND}
        asked = {message.envelope.subject for message in waiting if message.asked}
        return frozenset(asked | (self.subjects(upstream) - failed))

    def give_up(self, position: int) -> None:
        self.messages.pop(f"content/{position}")
        self.given_up.add(position)

    def ask_retry(self, subject: UUID) -> None:
        for name, message in self.messages.items():
            if message.envelope.subject == subject:
                self.messages[name] = replace(message, asked=True)


@dataclass
class Reader:
    """An inbox with everything around it, and what came out of it."""

    log: list[Envelope] = field(default_factory=list)
    refuses: Callable[[Envelope], Exception | None] = lambda _envelope: None
    taken: list[Envelope] = field(default_factory=list)
    runs: list[int] = field(default_factory=list)
    fetched: list[int] = field(default_factory=list)
    positions: KeptPositions = field(default_factory=KeptPositions)
    parked: KeptMessages = field(default_factory=KeptMessages)
    versions: Versions = field(default_factory=Versions)

    @property
    def inbox(self) -> Inbox:
        given = (self.positions, self.parked, self.fetch, self.react, lambda: NOON, lambda _s: None, self.versions)
        return Inbox("content", *given)

    @property
    def places(self) -> list[int]:
        return [envelope.position for envelope in self.taken]

    def fetch(self, after: int, limit: int) -> Sequence[Envelope]:
        self.fetched.append(after)
        return [envelope for envelope in self.log if envelope.position > after][:limit]

    def react(self, run: Sequence[Envelope]) -> None:
        self.runs.append(len(run))
        for envelope in run:
            if failure := self.refuses(envelope):
                raise failure
        self.taken.extend(run)
