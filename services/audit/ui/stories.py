"""The story of one thing as a picture: every step, who took it, and how long it had waited."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from starlette.responses import Response

from infra.web.errors import NotFound
from infra.web.languages import msg
from infra.web.page import Page, StaffPage
from services.audit.policy.access_to_information import (
    CORRECTED_WITHIN_DAYS,
    CORRECTING,
    PUBLISHED_WITHIN_DAYS,
    PUBLISHING,
    end_of_working_days,
)
from services.audit.queries.acts import AuditQueries
from services.audit.queries.views import Step, Story
from services.audit.ui.inspector import let_in
from services.audit.ui.story_picture import CROSS, DIAMOND, MOST_LANES, ROUND, SQUARE, Told, drawn
from services.audit.ui.words import duration, topic_words

_GOOD = frozenset({"published", "accepted", "cleared", "head_agreed", "released", "appointed", "restored"})
_BAD = frozenset({"returned", "declined", "withdrawn", "stopped", "refused", "locked_out", "suspended", "revoked"})
MOST_DRAWN = 120
"""A picture shows so many acts, the last ones; a table shows them all."""
OTHERS = "others"
"""Stands for the offices that share the last lane."""
_SHAPES = {"withdrawn": SQUARE, "stopped": SQUARE, "correction_begun": DIAMOND, "correction_abandoned": DIAMOND}
_BEGINS, _PUBLISHED, _CORRECTS, _WITHDRAWN = (
    ("content.submission.recorded", "content.article.drafted"),
    "content.article.published",
    "content.article.correction_begun",
    "content.article.withdrawn",
)
_PUBLISH_BY, _CORRECT_BY = msg("to be published"), msg("to be corrected")


@dataclass(frozen=True, slots=True)
class Shown:
    """One step as the table shows it, with its number in the picture."""

    step: Step
    told: Told


@dataclass(frozen=True, slots=True)
class Deadline:
    """By when the law wants something done, and when it was; `met_at` is None as long as it is not."""

    what: str
    clause: str
    due: datetime
    met_at: datetime | None

    def state(self, now: datetime) -> str:
        """Return met, late (done after it), overdue (not done, and over) or running."""
        if self.met_at is not None:
            return "met" if self.met_at < self.due else "late"
        return "running" if now < self.due else "overdue"


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
        lanes = lanes_of(story)
        told, due = told_of(page, story, lanes), deadlines(story, page.kit.house.timezone)
        marked = [(each.due, page.say(each.what)) for each in due]
        return page.render(
            "story.html",
            story=story,
            kind=topic_words(page, story.thing.kind),
            steps=[Shown(step, act) for step, act in zip(story.steps, told, strict=True)],
            pictures=[drawn(told[-MOST_DRAWN:], lanes, marked, upright=upright) for upright in (False, True)],
            undrawn=max(len(told) - MOST_DRAWN, 0),
            longest=max(told, key=lambda act: (act.longest, bool(act.wait_words))),
            deadlines=due,
            now=page.now,
            shares=shares(page, story),
            lasted=duration(page, story.lasted),
        )


def lanes_of(story: Story) -> list[str]:
    """Return the offices that acted, in the order in which they first did; the last ones share a lane if they are many."""
    offices = [*dict.fromkeys(step.act.capacity for step in story.steps)]
    return offices if len(offices) <= MOST_LANES else [*offices[: MOST_LANES - 1], OTHERS]


def told_of(page: Page, story: Story, lanes: Sequence[str]) -> list[Told]:
    """Return the acts as the picture needs them."""
    waits = spans(story.steps)
    longest = max(waits, key=lambda wait: wait[1], default=(0, timedelta()))
    found = []
    for number, step in enumerate(story.steps):
        end, lasted = next((wait for wait in waits if wait[0] >= number), (number, timedelta()))
        act = story.steps[end].act
        words = duration(page, lasted) if number == end and number and not step.act.refused else ""
        happened = step.act.topic.rpartition(".")[2]
        found.append(
            Told(
                number=number + 1,
                lane=_lane(step.act.capacity, lanes),
                at=step.act.at,
                day=page.formats.date(step.act.at),
                when=page.formats.moment(step.act.at),
                says=topic_words(page, step.act.topic),
                tone="bad" if happened in _BAD else "good" if happened in _GOOD else "plain",
                shape=CROSS if step.act.refused else _SHAPES.get(happened, ROUND),
                waited=step.waited or timedelta(),
                waits_for=_lane(act.capacity, lanes),
                wait_words=words,
                longest=bool(lasted) and end == longest[0],
            )
        )
    return found


def spans(steps: Sequence[Step]) -> list[tuple[int, timedelta]]:
    """Return for each act that was not refused its number, and how long the item had waited for it in all."""
    found: list[tuple[int, timedelta]] = []
    pending = timedelta()
    for number, step in enumerate(steps):
        pending += step.waited or timedelta()
        if not step.act.refused:
            found.append((number, pending))
            pending = timedelta()
    return found


def deadlines(story: Story, zone: ZoneInfo) -> list[Deadline]:
    """Return what the law sets on publishing and correcting an item, in their order; nothing for other things."""
    acts = [step.act for step in story.steps if not step.act.refused]
    if story.thing.kind != "content.article" or not acts or acts[0].topic not in _BEGINS:
        return []
    published = next((act.at for act in acts if act.topic == _PUBLISHED), None)
    due = end_of_working_days(acts[0].at, PUBLISHED_WITHIN_DAYS, zone)
    found = [Deadline(_PUBLISH_BY, PUBLISHING, due, published)]
    for number, act in enumerate(acts):
        if act.topic == _CORRECTS:
            after = (later.at for later in acts[number:] if later.topic in (_PUBLISHED, _WITHDRAWN))
            due = end_of_working_days(act.at, CORRECTED_WITHIN_DAYS, zone)
            found.append(Deadline(_CORRECT_BY, CORRECTING, due, next(after, None)))
    return found


def _lane(capacity: str, lanes: Sequence[str]) -> int:
    return lanes.index(capacity) if capacity in lanes else len(lanes) - 1


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
