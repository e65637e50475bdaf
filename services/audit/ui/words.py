"""How durations and topics are said."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from infra.web.languages import msg
from infra.web.page import Page
from services.audit.queries.views import Act

_UNITS = (
    (86_400, 3_600, msg("{more} d {less} h"), msg("{more} d")),
    (3_600, 60, msg("{more} h {less} min"), msg("{more} h")),
    (60, 60, msg("{more} min"), msg("{more} min")),
    (1, 1, msg("{more} s"), msg("{more} s")),
)
"""For each size of duration: seconds of the larger unit and of the smaller, both in words, and the larger alone."""
_AT_ONCE = msg("at once")


def duration(page: Page, lasted: timedelta) -> str:
    """Say how long something took, in its two largest units."""
    seconds = int(lasted.total_seconds())
    for larger, smaller, both, alone in _UNITS:
        if seconds >= larger:
            less = seconds % larger // smaller
            return page.say(both if less else alone, more=seconds // larger, less=less)
    return page.say(_AT_ONCE)


def topic_words(page: Page, topic: str) -> str:
    """Say what happened; a topic that this version does not know is shown as it is."""
    return page.kit.catalogues.words(page.language).pgettext("topic", topic)


def says(page: Page, acts: Iterable[Act]) -> Mapping[str, str]:
    """Say what happened in acts, by topic."""
    return {act.topic: topic_words(page, act.topic) for act in acts}
