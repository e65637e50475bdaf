"""One item whose life a test leads: asks for use cases, and checks that exactly what was answered was recorded."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from eventsourcing.persistence import StoredEvent

from infra.event_store import LogEntry
from infra.kernel import offices
from infra.kernel.act import Act
from infra.kernel.aggregate import Aggregate
from infra.kernel.authority import Authority, Delegation, Holding, Term
from infra.kernel.ids import natural_id
from infra.kernel.verdicts import Accepted, Refusal, Verdict
from services.content.domain.article import Article
from services.content.policy.facts import PUBLISH
from tests.builders.content import NOON, account
from tests.builders.content_in_memory import ContentInMemory

ARTICLE = natural_id("article", "life")

Who = tuple[UUID, str]
"""An account, and the capacity in which it acts."""


def days(first: int, until: int | None = None) -> Term:
    return Term(NOON + timedelta(days=first), None if until is None else NOON + timedelta(days=until))


def days_of(term: Term) -> range:
    """Return the days of a term, in a month that is long enough for all of them."""
    return range((term.since - NOON).days, 31 if term.until is None else (term.until - NOON).days)


AUTHORITY = Authority(
    (
        Holding(account("editor1"), offices.CONTENT_TEAM, days(0)),
        Holding(account("editor2"), offices.CONTENT_TEAM, days(0)),
        Holding(account("editor2"), offices.SECRETARY, days(10, 20)),
        Holding(account("editor2"), offices.STANDING_DEPUTY, days(25)),
        Holding(account("secretary"), offices.SECRETARY, days(0, 10)),
        Holding(account("secretary"), offices.SECRETARY, days(20)),
        Holding(account("standing-deputy"), offices.STANDING_DEPUTY, days(0, 25)),
        Holding(account("head"), offices.HEAD, days(0, 15)),
        Holding(account("next-head"), offices.HEAD, days(15)),
        Holding(account("reviewer"), offices.REVIEWER, days(0)),
    ),
    (Delegation(offices.STANDING_DEPUTY, offices.SECRETARY, PUBLISH, "12/QĐ-STTTT", days(5, 12)),),
)
"""Offices change hands, one person holds two, and a delegation begins and ends."""


@dataclass(frozen=True)
class Asked:
    command: str
    arguments: tuple[Any, ...]
    facts: dict[str, Any]
    act: Act
    verdict: Verdict
    changed: bool


class Watched(ContentInMemory):
    """Keeps the aggregate that decided last, as it was in memory."""

    decided: Aggregate | None = None

    def settle(self, aggregate: Aggregate | None, refusal: Refusal | None, **more: Any) -> Verdict:
        self.decided = aggregate
        return super().settle(aggregate, refusal, **more)

    def history(self) -> list[LogEntry]:
        kept = self.recorder.select_notifications(1, 100_000)
        return [LogEntry(n.id, n.originator_id, n.originator_version, n.topic, n.state) for n in kept]


class Life:
    """The item and all that was asked about it; `tell` hears the story as it goes on."""

    def __init__(self, tell: Callable[[str], object]) -> None:
        self.app = Watched(AUTHORITY)
        self.asked: list[Asked] = []
        self._tell = tell

    @property
    def history(self) -> list[LogEntry]:
        return self.app.history()

    @property
    def article(self) -> Article:
        return self.app.load(Article, ARTICLE)

    def seen(self, *, stale: bool = False) -> str:
        """Return the hash of what a page shows now; or of what one showed that was opened before the last edit."""
        present = self.article.content_hash
        earlier = [found for found in map(_hash_in, self.history) if found not in {"", present}]
        return (earlier or ["of nothing"])[-1] if stale else present

    def ask(self, command: str, who: Who, day: int, *arguments: Any, **facts: Any) -> Verdict:
        """Ask for a use case on a day."""
        correlation = natural_id("request", str(len(self.asked)))
        act = Act(*who, NOON + timedelta(days=day), correlation, facts.pop("on_behalf_of", None))
        before = self.history
        verdict: Verdict = getattr(self.app, command)(ARTICLE, *arguments, **facts, act=act)
        kept, new = self.history[: len(before)], self.history[len(before) :]
        told = verdict if isinstance(verdict, Refusal) else topics(new)
        self._tell(f"day {day}: {command} by {act.capacity} -> {told}")
        assert kept == before
        self._check(verdict, new)
        self.asked.append(Asked(command, arguments, facts, act, verdict, bool(new)))
        return verdict

    def ask_again(self, asked: Asked) -> None:
        """Send an earlier form once more."""
        before = self.history
        verdict = getattr(self.app, asked.command)(ARTICLE, *asked.arguments, **asked.facts, act=asked.act)
        self._tell(f"again: {asked.command} by {asked.act.capacity}")
        if isinstance(asked.verdict, Accepted) and asked.changed:
            assert isinstance(verdict, Accepted)
            assert self.history == before, "a form sent twice acted twice"

    def _check(self, verdict: Verdict, new: Sequence[LogEntry]) -> None:
        if isinstance(verdict, Accepted):
            assert len(new) <= 1
            assert all(topic.startswith("content.article.") for topic in topics(new))
            assert self.app.decided is not None
            assert state_of(self.app.decided) == state_of(self.article)
        else:
            assert topics(new) == (["content.attempt.refused"] if verdict.on_authority else [])


def topics(entries: Sequence[LogEntry]) -> list[str]:
    return [entry.topic for entry in entries]


def state_of(aggregate: Aggregate) -> dict[str, Any]:
    """Return everything that the aggregate remembers."""
    kept = {name: value for name, value in vars(aggregate).items() if name != "_pending_events"}
    return kept | {"id": aggregate.id, "version": aggregate.version}


def replayed(history: Sequence[LogEntry]) -> Article:
    """Read the history into an application that has never seen it."""
    fresh = ContentInMemory(AUTHORITY)
    for entry in history:
        fresh.recorder.insert_events([StoredEvent(entry.originator_id, entry.version, entry.topic, entry.state)])
    return fresh.load(Article, ARTICLE)


def _hash_in(entry: LogEntry) -> str:
    return entry.state.partition(b'"content_hash":"')[2][:64].decode()
