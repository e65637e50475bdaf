"""The story of one thing as a picture: every step, who took it, and how long it had waited."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from fastapi import APIRouter
from starlette.responses import Response

from infra.web.errors import NotFound
from infra.web.page import Page, StaffPage
from services.audit.queries import AuditQueries, Step, Story
from services.audit.ui.inspector import let_in
from services.audit.ui.words import duration, topic_words

_GOOD = frozenset({"published", "accepted", "cleared", "head_agreed", "released", "appointed", "restored"})
_BAD = frozenset({"returned", "declined", "withdrawn", "stopped", "refused", "locked_out", "suspended", "revoked"})
LONGEST_GAP = 6
"""Steps of the picture's scale of waiting: 0 at once, then about tenfold each, 6 more than a week."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One step as the picture shows it: `gap` is how far it stands from the one before it."""

    step: Step
    says: str
    tone: str
    waited: str
    gap: int


@dataclass(frozen=True, slots=True)
class Share:
    """How long the thing waited for one office: in words, in percent of all, and where its bar begins."""

    capacity: str
    waited: str
    begin: float
    percent: float


class StoryPages:
    """Stories of things."""

    def __init__(self, queries: AuditQueries) -> None:
        self._queries = queries

    def router(self) -> APIRouter:
        """Every address of this area."""
        router = APIRouter()
        router.get("/things/{thing}")(self.one)
        return router

    def one(self, page: StaffPage, thing: str) -> Response:
        """Show a thing's story."""
        let_in(page)
        story = self._queries.story(thing)
        if story is None:
            raise NotFound
        return page.render(
            "story.html",
            story=story,
            kind=topic_words(page, story.thing.kind),
            steps=[shown(page, step) for step in story.steps],
            shares=shares(page, story),
            lasted=duration(page, story.lasted),
        )


def shown(page: Page, step: Step) -> Shown:
    """Return a step as the picture shows it."""
    happened = step.act.topic.rpartition(".")[2]
    tone = "bad" if happened in _BAD else "good" if happened in _GOOD else "plain"
    waited = "" if step.waited is None else duration(page, step.waited)
    return Shown(step, topic_words(page, step.act.topic), tone, waited, gap(step.waited))


def gap(waited: timedelta | None) -> int:
    """Return the distance on a scale that shows minutes and weeks in one picture.

    >>> gap(None), gap(timedelta()), gap(timedelta(minutes=5)), gap(timedelta(hours=2)), gap(timedelta(days=30))
    (0, 0, 2, 4, 6)
    """
    if waited is None:
        return 0
    minutes = max(0.0, waited.total_seconds() / 60)
    return min(LONGEST_GAP, math.ceil(math.log10(1 + minutes) * 1.5))


def shares(page: Page, story: Story) -> Sequence[Share]:
    """Return for which offices the thing waited, the longest first; refused attempts ended no waiting."""
    waits: dict[str, timedelta] = {}
    pending = timedelta()
    for step in story.steps:
        pending += step.waited or timedelta()
        if not step.act.refused:
            waits[step.act.capacity] = waits.get(step.act.capacity, timedelta()) + pending
            pending = timedelta()
    return _bars(page, {capacity: waited for capacity, waited in waits.items() if waited})


def _bars(page: Page, waits: Mapping[str, timedelta]) -> Sequence[Share]:
    total = sum(waits.values(), timedelta())
    found: list[Share] = []
    for capacity, waited in sorted(waits.items(), key=lambda wait: -wait[1]):
        begin = found[-1].begin + found[-1].percent if found else 0.0
        found.append(Share(capacity, duration(page, waited), round(begin, 2), round(100 * waited / total, 2)))
    return found
