"""Everything a page says about one item besides its text: who has it, what is missing, what changed, what can be done."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from infra.web.page import Page
from services.content.bootstrap import Desk
from services.content.history import (
    STOPPED,
    Deed,
    approvals,
    arrived_at_step,
    baselines,
    content_at,
    last_deed,
    story_of,
    unanswered_return,
)
from services.content.policy.facts import Step
from services.content.queries import ON_THE_WAY, Item
from services.content.ui import words
from services.content.ui.comparing import Changes, changes_between
from services.content.ui.desk import section_names
from services.content.ui.offers import offers_on
from services.content.ui.waits import waited


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed since a deed; `name` is a key of `words.BASELINES`."""

    name: str
    deed: Deed
    changes: Changes


def overview(page: Page, desk: Desk, item: Item) -> dict[str, Any]:
    """Return what the pages of an item need to know of it."""
    events = list(desk.application.events.get(item.id))
    story = story_of(events)
    returned = unanswered_return(story)
    on_the_way = Step(item.step) in ON_THE_WAY
    since = baselines(story, item.content_hash) if on_the_way else {}
    shortcoming = desk.queries.shortcoming(item.id, desk.profile.standards(page.now)) if on_the_way else None
    unfinished = shortcoming is not None or (returned is not None and "returned" not in since)
    offers = offers_on(item, page, desk, unfinished=unfinished)
    return {
        "item": item,
        "story": story,
        "names": desk.people.names_of({deed.account for deed in story}),
        "returned": returned,
        "stopped": last_deed(story, STOPPED) if item.stopped else None,
        "approvals": approvals(story, item.content_hash, item.sensitivity) if on_the_way else (),
        "comparisons": [_compared(name, deed, events, item) for name, deed in since.items()],
        "shortcoming": page.present(shortcoming) if shortcoming else None,
        "offers": offers,
        "words": words,
        "sections": section_names(page, desk),
        "waited": partial(waited, page),
        "since": arrived_at_step(story),
    }


def _compared(name: str, deed: Deed, events: list[Any], item: Item) -> Comparison:
    before = content_at(events, deed.version)
    return Comparison(name, deed, changes_between(before or item.content, item.content))
